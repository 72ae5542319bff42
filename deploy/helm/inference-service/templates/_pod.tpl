{{- define "inference-service.podSpec" -}}
serviceAccountName: {{ include "inference-service.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "inference-service.grace" . }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "inference-service.scheduling" . }}
{{- if or .Values.extraInitContainers .Values.models.exporter.enabled }}
initContainers:
  {{- with .Values.extraInitContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- include "inference-service.exporter" . | nindent 2 }}
{{- end }}
containers:
  {{- include "inference-service.container" . | nindent 2 }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  {{- include "inference-service.volumes" . | nindent 2 }}
{{- end }}

{{- define "inference-service.container" -}}
- name: service
  image: {{ include "inference-service.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- with .Values.extraArgs }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  envFrom:
    - configMapRef:
        name: {{ include "inference-service.fullname" . }}
    {{- with .Values.extraEnvFrom }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  env:
    - name: POD_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    - name: POD_NAMESPACE
      valueFrom:
        fieldRef:
          fieldPath: metadata.namespace
    - name: NODE_NAME
      valueFrom:
        fieldRef:
          fieldPath: spec.nodeName
    - name: OTEL_RESOURCE_ATTRIBUTES
      value: service.instance.id=$(POD_NAME),service.namespace=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.node.name=$(NODE_NAME)
        {{- range $key, $value := .Values.telemetry.resourceAttributes }},{{ $key }}={{ $value }}{{ end }}
    {{- with .Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - name: http
      containerPort: {{ int64 .Values.service.containerPort }}
      protocol: TCP
  startupProbe:
    {{- include "inference-service.probe" .Values.probes.startup | nindent 4 }}
  readinessProbe:
    {{- include "inference-service.probe" .Values.probes.readiness | nindent 4 }}
  livenessProbe:
    {{- include "inference-service.probe" .Values.probes.liveness | nindent 4 }}
  {{- if eq .Values.shutdown.delayBy "preStop" }}
  lifecycle:
    preStop:
      sleep:
        seconds: {{ int64 .Values.shutdown.delaySeconds }}
  {{- end }}
  resources:
    {{- include "inference-service.resources" . | nindent 4 }}
  securityContext:
    {{- toYaml .Values.securityContext | nindent 4 }}
  volumeMounts:
    - name: models
      mountPath: {{ .Values.models.mountPath }}
      {{- with .Values.models.volume.subPath }}
      subPath: {{ . }}
      {{- end }}
      readOnly: true
    - name: temporary
      mountPath: /tmp
    {{- if .Values.cache.enabled }}
    - name: cache
      mountPath: {{ .Values.cache.mountPath }}
    {{- end }}
    {{- with .Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "inference-service.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
periodSeconds: {{ int64 .periodSeconds }}
failureThreshold: {{ int64 .failureThreshold }}
timeoutSeconds: {{ int64 .timeoutSeconds }}
{{- end }}

{{/* GPUs cannot be overcommitted: Kubernetes takes the request from the limit. */}}
{{- define "inference-service.resources" -}}
{{- $limits := .Values.resources.limits -}}
{{- $requests := .Values.resources.requests -}}
{{- if .Values.gpu.enabled -}}
{{- $amount := dict .Values.gpu.resourceName (int64 .Values.gpu.count) -}}
{{- $limits = merge (dict) $amount $limits -}}
{{- $requests = merge (dict) $amount $requests -}}
{{- end -}}
{{- toYaml (dict "limits" $limits "requests" $requests) -}}
{{- end }}
