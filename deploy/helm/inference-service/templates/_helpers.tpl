{{- define "inference-service.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "inference-service.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Frozen: a Deployment's selector cannot be changed once it exists. */}}
{{- define "inference-service.selectorLabels" -}}
app.kubernetes.io/name: {{ include "inference-service.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "inference-service.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "inference-service.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* name, labels and annotations of an object. Arguments: root; labels and annotations of its own; suffix of its name. */}}
{{- define "inference-service.metadata" -}}
{{- $root := .root }}
{{- $annotations := merge (dict) (default dict .annotations) $root.Values.commonAnnotations -}}
name: {{ default (printf "%s%s" (include "inference-service.fullname" $root) (default "" .suffix)) .name }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "inference-service.labels" $root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $annotations }}
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
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "inference-service.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{/* Seconds as .NET reads a TimeSpan: 00:05:00. */}}
{{- define "inference-service.timeSpan" -}}
{{- $seconds := int64 . -}}
{{- printf "%02d:%02d:%02d" (div $seconds 3600) (mod (div $seconds 60) 60) (mod $seconds 60) -}}
{{- end }}

{{- define "inference-service.grace" -}}
{{- add (int64 .Values.shutdown.delaySeconds) (int64 .Values.shutdown.drainSeconds) (int64 .Values.shutdown.marginSeconds) -}}
{{- end }}

{{/* Mistakes that would only show in production, said before anything is installed. */}}
{{- define "inference-service.validate" -}}
{{- $readiness := .Values.probes.readiness -}}
{{- $notice := mul (int64 $readiness.periodSeconds) (int64 $readiness.failureThreshold) -}}
{{- if lt (int64 .Values.shutdown.delaySeconds) $notice -}}
{{- fail (printf "shutdown.delaySeconds (%d) is shorter than the readiness probe needs to notice (%d): requests would be lost in a rollout" (int64 .Values.shutdown.delaySeconds) $notice) -}}
{{- end -}}
{{- if gt (int64 .Values.settings.requests.defaultTimeoutSeconds) (int64 .Values.settings.requests.maxTimeoutSeconds) -}}
{{- fail "settings.requests.defaultTimeoutSeconds is longer than maxTimeoutSeconds" -}}
{{- end -}}
{{- if gt (int64 .Values.autoscaling.minReplicas) (int64 .Values.autoscaling.maxReplicas) -}}
{{- fail "autoscaling.minReplicas is more than maxReplicas" -}}
{{- end -}}
{{- if and (eq .Values.autoscaling.engine "hpa") (lt (int64 .Values.autoscaling.minReplicas) 1) -}}
{{- fail "autoscaling.minReplicas must be at least 1 for hpa; only keda scales to zero" -}}
{{- end -}}
{{- if and .Values.models.exporter.enabled (has .Values.models.volume.type (list "image" "hostPath")) -}}
{{- fail (printf "models.exporter needs a volume it may write: switch it off for models.volume.type %s" .Values.models.volume.type) -}}
{{- end -}}
{{- if and (eq .Values.shutdown.delayBy "preStop") (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail "shutdown.delayBy preStop needs the sleep hook of Kubernetes 1.30; use process" -}}
{{- end -}}
{{- if and (eq .Values.models.volume.type "image") (semverCompare "<1.31.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail "models.volume.type image needs Kubernetes 1.31 or newer" -}}
{{- end -}}
{{- end }}
