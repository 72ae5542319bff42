{{- define "inference-service.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Of a pool's objects. */}}
{{- define "inference-service.poolName" -}}
{{- include "inference-service.fullname" . }}{{ with .pool }}-{{ . }}{{ end }}
{{- end }}

{{/* Every pod of the release that serves. Frozen: a Deployment's selector cannot be changed once it exists. */}}
{{- define "inference-service.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* One pool's pods; without pools all. */}}
{{- define "inference-service.poolLabels" -}}
{{ include "inference-service.selectorLabels" . }}
{{- with .pool }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "inference-service.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "inference-service.labels" -}}
{{ include "inference-service.poolLabels" . }}
{{ include "inference-service.commonLabels" . }}
{{- end }}

{{/* name, labels and annotations of an object. Arguments: root, the release or a pool; labels and annotations of its own; suffix or name. */}}
{{- define "inference-service.metadata" -}}
{{- $root := .root -}}
name: {{ default (printf "%s%s" (include "inference-service.poolName" $root) (default "" .suffix)) .name }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "inference-service.labels" $root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "inference-service.image" -}}
{{- $tag := .Values.image.tag | default (printf "%s%s" .Chart.AppVersion (ternary "-cuda" "" .Values.gpu.enabled)) -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end }}
{{- end }}

{{- define "inference-service.serviceAccountName" -}}
{{ .Values.serviceAccount.existing | default (include "inference-service.fullname" .) }}
{{- end }}

{{/* Seconds as .NET reads a TimeSpan: 00:05:00. */}}
{{- define "inference-service.timeSpan" -}}
{{- $seconds := int64 . -}}
{{- printf "%02d:%02d:%02d" (div $seconds 3600) (mod (div $seconds 60) 60) (mod $seconds 60) -}}
{{- end }}

{{/* Seconds until a pod that was told to stop is killed: 5 for the exit itself. */}}
{{- define "inference-service.grace" -}}
{{- add (int64 .Values.shutdown.delaySeconds) (int64 .Values.shutdown.drainSeconds) 5 -}}
{{- end }}

{{/* Seconds in which a pod must have loaded its models: on a GPU each of them captures every batch size first. */}}
{{- define "inference-service.startupSeconds" -}}
{{- $needed := ternary (max 300 (mul 60 (len .Values.models.serve))) 300 .Values.gpu.enabled -}}
{{- kindIs "invalid" .Values.probes.startupSeconds | ternary $needed .Values.probes.startupSeconds | int64 -}}
{{- end }}

{{- define "inference-service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "inference-service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "inference-service.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}
