{{- define "inference-service.scheduling" -}}
{{- $gpu := .Values.gpu -}}
{{- if and $gpu.enabled $gpu.runtimeClassName }}
runtimeClassName: {{ $gpu.runtimeClassName }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := .Values.tolerations }}
{{- if and $gpu.enabled $gpu.tolerate }}
{{- $tolerations = append $tolerations (dict "key" "nvidia.com/gpu" "operator" "Exists" "effect" "NoSchedule") }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $affinity := .Values.affinity | default (include "inference-service.gpuAffinity" . | fromYaml) }}
{{- with $affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range .Values.topologySpread.keys }}
  - topologyKey: {{ . }}
    maxSkew: {{ int64 $.Values.topologySpread.maxSkew }}
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "inference-service.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "inference-service.gpuAffinity" -}}
{{- if and .Values.gpu.enabled (or .Values.gpu.products .Values.gpu.requireNode) -}}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          {{- if .Values.gpu.requireNode }}
          - key: nvidia.com/gpu.present
            operator: In
            values: ["true"]
          {{- end }}
          {{- with .Values.gpu.products }}
          - key: nvidia.com/gpu.product
            operator: In
            values:
              {{- toYaml . | nindent 14 }}
          {{- end }}
{{- end }}
{{- end }}
