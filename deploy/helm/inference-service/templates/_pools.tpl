{{/* The pools as {list: [{name, values}]}: the release's values with a pool's own over them; without pools one that has no name. */}}
{{- define "inference-service.pools" -}}
{{- $base := omit .Values "pools" "global" -}}
{{- $list := list -}}
{{- range .Values.pools -}}
{{- $own := merge (dict "models" (dict "serve" .serve)) (omit . "name" "serve") -}}
{{- $list = append $list (dict "name" .name "values" (mergeOverwrite (deepCopy $base) (deepCopy $own))) -}}
{{- end -}}
{{- toYaml (dict "list" ($list | default (list (dict "name" "" "values" $base)))) -}}
{{- end }}

{{/* Every model that some pool serves, as {list: [...]}. */}}
{{- define "inference-service.served" -}}
{{- $names := list -}}
{{- range (include "inference-service.pools" . | fromYaml).list }}{{ $names = concat $names .values.models.serve }}{{ end -}}
{{- toYaml (dict "list" ($names | uniq)) -}}
{{- end }}

{{/* The addresses of one model, each a whole path: what a route must send to the pool that has it. One %s is the model's name. */}}
{{- define "inference-service.modelPaths" -}}
list: ["/v1/models/%s", "/v1/models/%s:classify"]
{{- end }}

{{/* The pools' Services as one pattern for Prometheus, whose operator takes job from their names. */}}
{{- define "inference-service.poolPattern" -}}
{{- $names := list -}}
{{- range .Values.pools }}{{ $names = append $names .name }}{{ end -}}
{{- include "inference-service.fullname" . }}{{ with $names }}-({{ join "|" . }}){{ end }}
{{- end }}
