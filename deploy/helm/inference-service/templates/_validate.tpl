{{/* Mistakes that would only show in production, said before anything is installed. */}}
{{- define "inference-service.validate" -}}
{{- $v := .Values -}}
{{- $notice := mul (int64 $v.probes.readinessPeriodSeconds) (int64 $v.probes.readinessFailures) -}}
{{- if lt (int64 $v.shutdown.delaySeconds) $notice -}}
{{- fail (printf "shutdown.delaySeconds (%d) is shorter than the readiness probe needs to notice (%d): requests would be lost in a rollout" (int64 $v.shutdown.delaySeconds) $notice) -}}
{{- end -}}
{{- if gt (int64 $v.requests.defaultTimeoutSeconds) (int64 $v.requests.maxTimeoutSeconds) -}}
{{- fail "requests.defaultTimeoutSeconds is longer than maxTimeoutSeconds" -}}
{{- end -}}
{{- if gt (int64 $v.requests.defaultTimeoutSeconds) (int64 $v.shutdown.drainSeconds) -}}
{{- fail "shutdown.drainSeconds is shorter than requests.defaultTimeoutSeconds: accepted requests would be cut in a rollout" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.hosts) }}{{ fail "ingress.hosts is needed with ingress.enabled" }}{{ end -}}
{{- if and (eq $v.models.store.type "source") (not $v.models.store.source) }}{{ fail "models.store.source is needed with models.store.type source" }}{{ end -}}
{{- $mode := include "inference-service.installMode" . -}}
{{- if and (eq $v.models.store.type "source") (ne $mode "none") }}{{ fail "models.installer.mode must be none (or auto) with models.store.type source" }}{{ end -}}
{{- if and (eq $mode "job") (ne $v.models.store.type "claim") }}{{ fail "models.installer.mode job needs models.store.type claim: a Job cannot fill the pods' own volumes" }}{{ end -}}
{{- $seen := dict -}}
{{- range $pool := (include "inference-service.pools" . | fromYaml).list -}}
{{- if hasKey $seen (printf "pool %s" .name) }}{{ fail (printf "pools: %s is there twice" .name) }}{{ end -}}
{{- $_ := set $seen (printf "pool %s" .name) true -}}
{{- range .values.models.serve -}}
{{- if hasKey $seen . }}{{ fail (printf "pools: %s is served by two pools; a route has one for each model" .) }}{{ end -}}
{{- $_ := set $seen . true -}}
{{- end -}}
{{- include "inference-service.validatePool" (dict "Values" .values "pool" .name) -}}
{{- end -}}
{{- end }}

{{- define "inference-service.validatePool" -}}
{{- $v := .Values -}}
{{- $where := ternary "" (printf "pool %s: " .pool) (eq .pool "") -}}
{{- $scaling := $v.autoscaling -}}
{{- if gt (int64 $scaling.minReplicas) (int64 $scaling.maxReplicas) }}{{ fail (printf "%sautoscaling.minReplicas is more than maxReplicas" $where) }}{{ end -}}
{{- if and (ne $scaling.engine "none") (lt (int64 $scaling.minReplicas) 1) -}}
{{- if or (eq $scaling.engine "hpa") (not $scaling.keda.triggers) -}}
{{- fail (printf "%sautoscaling.minReplicas 0 needs engine keda and a trigger from outside the pods in autoscaling.keda.triggers: pods that are gone measure nothing, and would never come back" $where) -}}
{{- end -}}
{{- end -}}
{{- $startup := include "inference-service.startupSeconds" . | int64 -}}
{{- if and $v.gpu.enabled (lt $startup (mul 60 (len $v.models.serve))) -}}
{{- fail (printf "%sprobes.startupSeconds (%d) is less than the 60 that each of the %d preloaded models may take on a GPU: the pod would be killed while it loads" $where $startup (len $v.models.serve)) -}}
{{- end -}}
{{- $modes := $v.models.store.claimSpec.accessModes | default (list "ReadWriteMany") -}}
{{- $one := and (eq $v.models.store.type "claim") (not (or (has "ReadWriteMany" $modes) (has "ReadOnlyMany" $modes))) -}}
{{- if and $one (or (ne $scaling.engine "none") (gt (int64 $v.replicaCount) 1)) -}}
{{- fail (printf "%sa claim that one node may mount serves one replica: use ReadWriteMany, or replicaCount 1" $where) -}}
{{- end -}}
{{- end }}
