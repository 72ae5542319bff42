{{- define "inference-service.installMode" -}}
{{- $auto := dict "claim" "job" "emptyDir" "init" "source" "none" -}}
{{- eq .Values.models.installer.mode "auto" | ternary (get $auto .Values.models.store.type) .Values.models.installer.mode -}}
{{- end }}

{{/* What the export tool is told, as {list: [[argument, ...], ...]}: published models at once, each other one by a run of its own. */}}
{{- define "inference-service.installRuns" -}}
{{- $models := .Values.models -}}
{{- $published := list -}}
{{- $runs := list -}}
{{- $official := false -}}
{{- range kindIs "invalid" $models.install | ternary $models.serve $models.install -}}
{{- $entry := kindIs "string" . | ternary (dict "name" .) . -}}
{{- if and (kindIs "string" .) (hasSuffix "_fp16" .) }}{{ $entry = dict "name" (trimSuffix "_fp16" .) "precision" "fp16" }}{{ end -}}
{{- if and (kindIs "string" .) (hasSuffix "_int8" .) -}}
{{- fail (printf "%s is calibrated with photographs: put {name: %s, precision: int8, calibrate: FOLDER} into models.install" . (trimSuffix "_int8" .)) -}}
{{- end -}}
{{- $arguments := list -}}
{{- if $entry.checkpoint -}}
{{- $arguments = list "--name" $entry.name "--checkpoint" $entry.checkpoint -}}
{{- else -}}
{{- if not (regexMatch "^(resnet(18|50)|resnext50_32x4d|resnext101_32x(4|8|16)d)_(ssl|swsl)$" $entry.name) -}}
{{- fail (printf "%s is no published model: put {name: %s, checkpoint: FILE} into models.install, or set models.installer.mode none where the store has it" $entry.name $entry.name) -}}
{{- end -}}
{{- $official = not $models.synthetic -}}
{{- $arguments = list $entry.name -}}
{{- if $models.synthetic }}{{ $arguments = append $arguments "--synthetic" }}{{ end -}}
{{- end -}}
{{- with $entry.labels }}{{ $arguments = concat $arguments (list "--labels" .) }}{{ end -}}
{{- if and $entry.precision (ne $entry.precision "fp32") }}{{ $arguments = concat $arguments (list "--precision" $entry.precision) }}{{ end -}}
{{- with $entry.calibrate }}{{ $arguments = concat $arguments (list "--calibrate" .) }}{{ end -}}
{{- if $entry.acceptAgreement }}{{ $arguments = append $arguments "--accept-agreement" }}{{ end -}}
{{- if eq (toJson $arguments) (toJson (ternary (list $entry.name "--synthetic") (list $entry.name) $models.synthetic)) -}}
{{- $published = append $published $entry.name -}}
{{- else -}}
{{- $runs = append $runs (concat $arguments (list "--store" "/models")) -}}
{{- end -}}
{{- end -}}
{{- if and $official (ne $models.acceptLicense "CC-BY-NC-4.0") -}}
{{- fail "models.acceptLicense must be CC-BY-NC-4.0 to download the official weights: they are licensed for non-commercial use with attribution. Or set models.synthetic, or models.installer.mode none with a store of your own" -}}
{{- end -}}
{{- if $published -}}
{{- $runs = prepend $runs (concat $published (ternary (list "--synthetic") list $models.synthetic) (list "--store" "/models")) -}}
{{- end -}}
{{- toYaml (dict "list" $runs) -}}
{{- end }}

{{/* Peaks of whole exports, measured: 32x4d 0.5 GiB, 32x8d 0.8 GiB, 32x16d 1.7 GiB; int8 holds the float32 network beside its own. */}}
{{- define "inference-service.installResources" -}}
{{- $all := include "inference-service.installRuns" . -}}
{{- $memory := contains "int8" $all | ternary "4Gi" (contains "32x16d" $all | ternary "3Gi" (contains "32x8d" $all | ternary "2Gi" "1Gi")) -}}
{{- $default := dict "requests" (dict "cpu" "500m" "memory" $memory) "limits" (dict "memory" $memory) -}}
{{- toYaml (mergeOverwrite $default .Values.models.installer.resources) -}}
{{- end }}

{{/* The containers that fill the store, one after the other. */}}
{{- define "inference-service.installContainers" -}}
{{- range $i, $arguments := (include "inference-service.installRuns" . | fromYaml).list }}
{{- include "inference-service.exportContainer" (dict "root" $ "name" (ternary "install" (printf "install-%d" $i) (eq $i 0)) "arguments" $arguments "readOnly" false) }}
{{ end }}
{{- end }}

{{- define "inference-service.exportContainer" -}}
{{- $root := .root -}}
- name: {{ .name }}
  image: {{ include "inference-service.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: ["dotnet", "/app/export.dll"]
  args:
    {{- toYaml .arguments | nindent 4 }}
  {{- with $root.Values.models.installer.env }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  resources:
    {{- if .readOnly }}
    requests:
      cpu: 50m
      memory: 64Mi
    limits:
      memory: 128Mi
    {{- else }}
    {{- include "inference-service.installResources" $root | nindent 4 }}
    {{- end }}
  securityContext:
    {{- include "inference-service.containerSecurity" $root | nindent 4 }}
  volumeMounts:
    - name: models
      mountPath: /models
      {{- with $root.Values.models.store.subPath }}
      subPath: {{ . }}
      {{- end }}
      {{- if .readOnly }}
      readOnly: true
      {{- end }}
    - name: temporary
      mountPath: /tmp
    {{- if not .readOnly }}
    {{- with $root.Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- end }}
{{- end }}

{{/* Not the selector labels: Services must not send it requests. */}}
{{- define "inference-service.installLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-install
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "inference-service.installJob" -}}
{{ include "inference-service.fullname" . }}-install-{{ include "inference-service.installPod" . | sha256sum | trunc 8 }}
{{- end }}

{{/* Runs follow each other as init containers; the last is the container. It installs what any pool serves. */}}
{{- define "inference-service.installPod" -}}
{{- $values := deepCopy (omit .Values "pools" "global") -}}
{{- $_ := set $values.models "serve" (include "inference-service.served" . | fromYaml).list -}}
{{- $root := dict "Values" $values "Chart" .Chart "Release" .Release -}}
{{- $containers := include "inference-service.installContainers" $root | trim | fromYamlArray -}}
{{- $spec := dict "restartPolicy" "OnFailure" "automountServiceAccountToken" false "enableServiceLinks" false
  "serviceAccountName" (include "inference-service.serviceAccountName" .)
  "securityContext" (include "inference-service.podSecurity" . | fromYaml)
  "containers" (list (last $containers))
  "volumes" (include "inference-service.modelVolumes" . | fromYamlArray) -}}
{{- with initial $containers }}{{ $_ := set $spec "initContainers" . }}{{ end -}}
{{- range $key, $value := include "inference-service.pullSecrets" . | fromYaml }}{{ $_ := set $spec $key $value }}{{ end -}}
{{- toYaml $spec -}}
{{- end }}
