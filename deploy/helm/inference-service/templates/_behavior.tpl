{{/* Up at once and by doubling, for a queue grows faster than a model loads; down slowly, for loading is dear. */}}
{{- define "inference-service.behavior" -}}
scaleUp:
  stabilizationWindowSeconds: {{ int64 .Values.autoscaling.scaleUpSeconds }}
  policies:
    - type: Percent
      value: 100
      periodSeconds: 30
scaleDown:
  stabilizationWindowSeconds: {{ int64 .Values.autoscaling.scaleDownSeconds }}
  policies:
    - type: Percent
      value: 20
      periodSeconds: 60
{{- end }}
