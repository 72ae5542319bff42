{{/* The service's settings as environment: what the ConfigMap holds and the pods' checksum covers. */}}
{{- define "inference-service.settings" -}}
{{- $settings := .Values.settings -}}
{{- $provider := $settings.runtime.provider | default (ternary "auto" "cpu" .Values.gpu.enabled) -}}
ASPNETCORE_HTTP_PORTS: {{ int64 .Values.service.containerPort | quote }}
DOTNET_EnableDiagnostics: "0"
ORT_DISABLE_TELEMETRY: "1"
MODEL_STORE: {{ .Values.models.mountPath | quote }}
{{- range $i, $model := .Values.models.serve }}
Serving__Preload__{{ $i }}: {{ $model | quote }}
{{- end }}
{{- include "inference-service.number" (list "Serving__MemoryBudget" $settings.serving.memoryBudget) }}
{{- include "inference-service.number" (list "Serving__QueueCapacity" $settings.serving.queueCapacity) }}
{{- with $settings.serving.storePollSeconds }}
Serving__StorePoll: {{ include "inference-service.timeSpan" . | quote }}
{{- end }}
Runtime__Provider: {{ $provider | quote }}
{{- include "inference-service.number" (list "Runtime__Sessions" $settings.runtime.sessions) }}
{{- include "inference-service.number" (list "Runtime__IntraOpThreads" $settings.runtime.intraOpThreads) }}
{{- include "inference-service.number" (list "Runtime__MaxBatch" $settings.runtime.maxBatch) }}
{{- if kindIs "bool" $settings.runtime.allowSpinning }}
Runtime__AllowSpinning: {{ $settings.runtime.allowSpinning | quote }}
{{- end }}
{{- /* A folder of its own inside: an emptyDir is writable by everyone, and such a folder the service does not use. */}}
{{- if .Values.cache.enabled }}
Runtime__OptimizedGraphCache: {{ printf "%s/graphs" (trimSuffix "/" .Values.cache.mountPath) | quote }}
{{- end }}
{{- /* All callers come through the Service or a proxy: by their address they are one. */}}
Uploads__AddressPercent: "100"
Uploads__MaxRequestBytes: {{ int64 $settings.uploads.maxRequestBytes | quote }}
{{- include "inference-service.number" (list "Uploads__MaxImages" $settings.uploads.maxImages) }}
{{- include "inference-service.number" (list "Imaging__MaxPixels" $settings.imaging.maxPixels) }}
Requests__DefaultTimeout: {{ include "inference-service.timeSpan" $settings.requests.defaultTimeoutSeconds | quote }}
Requests__MaxTimeout: {{ include "inference-service.timeSpan" $settings.requests.maxTimeoutSeconds | quote }}
Shutdown__Delay: {{ include "inference-service.timeSpan" (ternary .Values.shutdown.delaySeconds 0 (eq .Values.shutdown.delayBy "process")) | quote }}
Shutdown__DrainTimeout: {{ include "inference-service.timeSpan" .Values.shutdown.drainSeconds | quote }}
Logging__Console__FormatterName: {{ $settings.logging.format | quote }}
Logging__LogLevel__Default: {{ $settings.logging.level | quote }}
OTEL_SERVICE_NAME: {{ include "inference-service.name" . | quote }}
{{- if .Values.telemetry.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ .Values.telemetry.otlpEndpoint | quote }}
OTEL_EXPORTER_OTLP_PROTOCOL: {{ .Values.telemetry.otlpProtocol | quote }}
OTEL_TRACES_SAMPLER: parentbased_traceidratio
OTEL_TRACES_SAMPLER_ARG: {{ .Values.telemetry.sampling | quote }}
{{- end }}
{{- with $settings.extra }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* NAME: "number", or nothing where the value is null. */}}
{{- define "inference-service.number" -}}
{{- if not (kindIs "invalid" (index . 1)) }}
{{ index . 0 }}: {{ index . 1 | int64 | quote }}
{{- end }}
{{- end }}
