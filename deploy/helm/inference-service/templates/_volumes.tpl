{{- define "inference-service.claimName" -}}
{{ .Values.models.store.existingClaim | default (printf "%s-models" (include "inference-service.fullname" .)) }}
{{- end }}

{{- define "inference-service.modelVolumes" -}}
{{- $store := .Values.models.store -}}
- name: models
  {{- if eq $store.type "emptyDir" }}
  emptyDir:
    sizeLimit: {{ $store.size }}
  {{- else if eq $store.type "claim" }}
  persistentVolumeClaim:
    claimName: {{ include "inference-service.claimName" . }}
  {{- else }}
  {{- toYaml $store.source | nindent 2 }}
  {{- end }}
- name: temporary
  emptyDir:
    # Graphs that have no cache are written here, as large as their weights.
    sizeLimit: {{ ternary "256Mi" "4Gi" (ne .Values.cacheSize "") }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "inference-service.volumes" -}}
{{ include "inference-service.modelVolumes" . }}
{{- with .Values.cacheSize }}
- name: cache
  emptyDir:
    sizeLimit: {{ . }}
{{- end }}
{{- end }}
