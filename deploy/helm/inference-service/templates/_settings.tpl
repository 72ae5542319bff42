{{/* The service's settings as environment: what the ConfigMap holds and the pods' checksum covers. */}}
{{- define "inference-service.settings" -}}
{{- $v := .Values -}}
{{- $settings := dict
  "ASPNETCORE_HTTP_PORTS" $v.service.containerPort
  "DOTNET_EnableDiagnostics" 0
  "ORT_DISABLE_TELEMETRY" 1
  "MODEL_STORE" "/models"
  "Runtime__Provider" (ternary "cuda" "cpu" $v.gpu.enabled)
  "Uploads__MaxRequestBytes" $v.requests.maxBytes
  "Requests__DefaultTimeout" (include "inference-service.timeSpan" $v.requests.defaultTimeoutSeconds)
  "Requests__MaxTimeout" (include "inference-service.timeSpan" $v.requests.maxTimeoutSeconds)
  "Shutdown__Delay" (include "inference-service.timeSpan" $v.shutdown.delaySeconds)
  "Shutdown__DrainTimeout" (include "inference-service.timeSpan" $v.shutdown.drainSeconds)
  "Logging__Console__FormatterName" "json"
  "OTEL_SERVICE_NAME" (include "inference-service.poolName" .) -}}
{{- /* All callers come through the Service or a proxy: by their address they are one. */}}
{{- $_ := set $settings "Uploads__AddressPercent" 100 -}}
{{- range $i, $model := $v.models.serve }}{{ $_ := set $settings (printf "Serving__Preload__%d" $i) $model }}{{ end -}}
{{- /* A folder of its own inside: an emptyDir is writable by everyone, and such a folder the service does not use. */}}
{{- if $v.cacheSize }}{{ $_ := set $settings "Runtime__OptimizedGraphCache" "/cache/graphs" }}{{ end -}}
{{- with $v.telemetry.otlpEndpoint -}}
{{- $_ := set $settings "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}
{{- $_ := set $settings "OTEL_EXPORTER_OTLP_PROTOCOL" "grpc" -}}
{{- $_ := set $settings "OTEL_TRACES_SAMPLER" "parentbased_traceidratio" -}}
{{- $_ := set $settings "OTEL_TRACES_SAMPLER_ARG" (toString $v.telemetry.sampling) -}}
{{- end -}}
{{- range $name, $value := mergeOverwrite $settings $v.settings }}
{{ $name }}: {{ or (kindIs "string" $value) (kindIs "bool" $value) | ternary $value (int64 (kindIs "bool" $value | ternary 0 $value)) | toString | quote }}
{{- end }}
{{- end }}
