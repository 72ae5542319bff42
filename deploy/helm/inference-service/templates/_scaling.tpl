{{/* Up at once and by doubling, for a queue grows faster than a model loads; down slowly, for loading is dear. */}}
{{- define "inference-service.behavior" -}}
{{- $up := dict "stabilizationWindowSeconds" 0 "policies" (list (dict "type" "Percent" "value" 100 "periodSeconds" 30)) -}}
{{- $down := dict "stabilizationWindowSeconds" 300 "policies" (list (dict "type" "Percent" "value" 20 "periodSeconds" 60)) -}}
{{- toYaml (mergeOverwrite (dict "scaleUp" $up "scaleDown" $down) (deepCopy .Values.autoscaling.behavior)) -}}
{{- end }}

{{/*
The sum over the pods of their longest wait, against a target for one pod: KEDA divides it by the replicas. No answer of Prometheus is a
failure (ignoreNullValues), after which the replicas stay as they are; only where there may be no pod is nothing a wait of 0.
*/}}
{{- define "inference-service.scaledObject" -}}
{{- $scaling := .Values.autoscaling -}}
{{- $pods := printf "namespace=%q,pod=~%q" .Release.Namespace (printf "%s-[^-]+-[^-]+" (include "inference-service.poolName" .)) -}}
{{- $query := printf "sum(max by (pod) (avg_over_time(inference_estimated_wait_seconds{%s}[1m])))" $pods -}}
scaleTargetRef:
  name: {{ include "inference-service.poolName" . }}
minReplicaCount: {{ int64 $scaling.minReplicas }}
maxReplicaCount: {{ int64 $scaling.maxReplicas }}
pollingInterval: 15
cooldownPeriod: 300
{{- if gt (int64 $scaling.minReplicas) 0 }}
fallback:
  failureThreshold: 3
  replicas: {{ int64 $scaling.minReplicas }}
  behavior: currentReplicasIfHigher
{{- end }}
triggers:
  - type: prometheus
    metricType: AverageValue
    metadata:
      serverAddress: {{ $scaling.keda.serverAddress }}
      query: {{ ternary (printf "%s or vector(0)" $query) $query (lt (int64 $scaling.minReplicas) 1) | quote }}
      threshold: {{ $scaling.waitSeconds | toString | quote }}
      activationThreshold: {{ $scaling.keda.activationSeconds | toString | quote }}
      ignoreNullValues: "false"
  {{- with $scaling.keda.triggers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
advanced:
  horizontalPodAutoscalerConfig:
    behavior:
      {{- include "inference-service.behavior" . | nindent 6 }}
{{- end }}
