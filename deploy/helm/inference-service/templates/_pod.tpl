{{- define "inference-service.podSpec" -}}
{{- $spec := include "inference-service.ownPodSpec" . | fromYaml -}}
{{- toYaml (mergeOverwrite $spec (deepCopy .Values.extraPodSpec)) -}}
{{- end }}

{{- define "inference-service.ownPodSpec" -}}
{{- $mode := include "inference-service.installMode" . -}}
serviceAccountName: {{ include "inference-service.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "inference-service.grace" . }}
securityContext:
  {{- include "inference-service.podSecurity" . | nindent 2 }}
{{- include "inference-service.pullSecrets" . }}
{{- if and .Values.gpu.enabled .Values.gpu.runtimeClassName }}
runtimeClassName: {{ .Values.gpu.runtimeClassName }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := .Values.gpu.enabled | ternary (list (dict "key" "nvidia.com/gpu" "operator" "Exists" "effect" "NoSchedule")) list | concat .Values.tolerations }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "inference-service.poolLabels" $ | nindent 8 }}
    # Only pods of the same version: the old ones go in a rollout.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- if or .Values.extraInitContainers (ne $mode "none") }}
initContainers:
  {{- with .Values.extraInitContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if eq $mode "init" }}
  {{- include "inference-service.installContainers" . | trim | nindent 2 }}
  {{- else if eq $mode "job" }}
  {{- $arguments := concat (list "wait") .Values.models.serve (list "--store" "/models") }}
  {{- include "inference-service.exportContainer" (dict "root" . "name" "wait" "arguments" $arguments "readOnly" true) | nindent 2 }}
  {{- end }}
{{- end }}
containers:
  - {{- mergeOverwrite (include "inference-service.container" . | fromYaml) (deepCopy .Values.extraContainerSpec) | toYaml | nindent 4 }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  {{- include "inference-service.volumes" . | nindent 2 }}
{{- end }}

{{- define "inference-service.container" -}}
name: service
image: {{ include "inference-service.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef:
      name: {{ include "inference-service.poolName" . }}
  {{- with .Values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
env:
  {{- /* Without it .NET, and with it threads and what admission promises, would go by the node's cores. */}}
  {{- if not (or (hasKey .Values.settings "DOTNET_PROCESSOR_COUNT") (contains "DOTNET_PROCESSOR_COUNT" (toJson .Values.extraEnv))) }}
  - name: DOTNET_PROCESSOR_COUNT
    valueFrom:
      resourceFieldRef:
        containerName: service
        resource: requests.cpu
        divisor: "1"
  {{- end }}
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
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - name: http
    containerPort: {{ int64 .Values.service.containerPort }}
    protocol: TCP
startupProbe:
  httpGet:
    path: /health/ready
    port: http
  periodSeconds: 2
  failureThreshold: {{ div (add 1 (include "inference-service.startupSeconds" . | int64)) 2 }}
  timeoutSeconds: 2
readinessProbe:
  httpGet:
    path: /health/ready
    port: http
  periodSeconds: {{ int64 .Values.probes.readinessPeriodSeconds }}
  failureThreshold: {{ int64 .Values.probes.readinessFailures }}
  timeoutSeconds: 2
livenessProbe:
  httpGet:
    path: /health/live
    port: http
  periodSeconds: 10
  failureThreshold: 3
  timeoutSeconds: 5
resources:
  {{- include "inference-service.resources" . | nindent 2 }}
securityContext:
  {{- include "inference-service.containerSecurity" . | nindent 2 }}
volumeMounts:
  - name: models
    mountPath: /models
    {{- with .Values.models.store.subPath }}
    subPath: {{ . }}
    {{- end }}
    readOnly: true
  - name: temporary
    mountPath: /tmp
  {{- if .Values.cacheSize }}
  - name: cache
    mountPath: /cache
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* GPUs cannot be overcommitted: Kubernetes takes the request from the limit. Decoding for one takes 16 cores. */}}
{{- define "inference-service.resources" -}}
{{- $count := int64 .Values.gpu.count -}}
{{- $default := dict "requests" (dict "cpu" "2" "memory" "1Gi") "limits" (dict "memory" "2Gi") -}}
{{- if .Values.gpu.enabled -}}
{{- $gpu := dict .Values.gpu.resourceName $count -}}
{{- $default = dict "requests" (merge (dict "cpu" (mul 16 $count | toString) "memory" (printf "%dGi" (mul 8 $count))) $gpu) "limits" (merge (dict "memory" (printf "%dGi" (mul 16 $count))) $gpu) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $default (deepCopy .Values.resources)) -}}
{{- end }}
