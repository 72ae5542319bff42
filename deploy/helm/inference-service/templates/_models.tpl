{{/* The image's own export tool fills the store, then compares every file's digest with its manifest. */}}
{{- define "inference-service.exporter" -}}
{{- if .Values.models.exporter.enabled }}
{{- $exporter := .Values.models.exporter -}}
{{- $arguments := concat .Values.models.serve (list "--store" .Values.models.mountPath) -}}
{{- if $exporter.synthetic }}{{ $arguments = append $arguments "--synthetic" }}{{ end -}}
{{- $arguments = concat $arguments $exporter.extraArgs -}}
{{- include "inference-service.exportContainer" (dict "root" . "name" "export" "arguments" $arguments "readOnly" false) }}
{{- if $exporter.verify }}
{{ include "inference-service.exportContainer" (dict "root" . "name" "verify" "arguments" (list "verify" "--store" .Values.models.mountPath) "readOnly" true) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "inference-service.exportContainer" -}}
{{- $root := .root -}}
- name: {{ .name }}
  image: {{ include "inference-service.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: ["dotnet", "/app/export.dll"]
  args:
    {{- toYaml .arguments | nindent 4 }}
  {{- with $root.Values.models.exporter.env }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  resources:
    {{- toYaml $root.Values.models.exporter.resources | nindent 4 }}
  securityContext:
    {{- toYaml $root.Values.securityContext | nindent 4 }}
  volumeMounts:
    - name: models
      mountPath: {{ $root.Values.models.mountPath }}
      {{- with $root.Values.models.volume.subPath }}
      subPath: {{ . }}
      {{- end }}
      {{- if .readOnly }}
      readOnly: true
      {{- end }}
    - name: temporary
      mountPath: /tmp
{{- end }}

{{- define "inference-service.claimName" -}}
{{ .Values.models.volume.claim.existing | default (printf "%s-models" (include "inference-service.fullname" .)) }}
{{- end }}

{{- define "inference-service.volumes" -}}
{{- $volume := .Values.models.volume -}}
- name: models
  {{- if eq $volume.type "emptyDir" }}
  emptyDir:
    sizeLimit: {{ $volume.emptyDir.sizeLimit }}
    {{- with $volume.emptyDir.medium }}
    medium: {{ . }}
    {{- end }}
  {{- else if eq $volume.type "claim" }}
  persistentVolumeClaim:
    claimName: {{ include "inference-service.claimName" . }}
  {{- else if eq $volume.type "image" }}
  image:
    reference: {{ required "models.volume.image.reference is needed for type image" $volume.image.reference }}
    pullPolicy: {{ $volume.image.pullPolicy }}
  {{- else }}
  hostPath:
    path: {{ $volume.hostPath.path }}
    type: Directory
  {{- end }}
- name: temporary
  emptyDir:
    sizeLimit: {{ .Values.temporary.sizeLimit }}
    {{- with .Values.temporary.medium }}
    medium: {{ . }}
    {{- end }}
{{- if .Values.cache.enabled }}
- name: cache
  emptyDir:
    sizeLimit: {{ .Values.cache.sizeLimit }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
