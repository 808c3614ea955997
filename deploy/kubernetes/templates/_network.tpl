{{- /* Which processes connect to each group of `network`. */}}
{{- define "escm.reach" -}}
{{- $data := list }}
{{- $files := list }}
{{- $names := list }}
{{- range $name, $process := include "escm.processes" . | fromYaml }}
{{- $names = append $names $name }}
{{- if $process.data }}{{ $data = append $data $name }}{{ end }}
{{- if $process.files }}{{ $files = append $files $name }}{{ end }}
{{- end -}}
dns: {{ toJson $names }}
database: {{ toJson $data }}
valkey: {{ toJson $data }}
storage: {{ toJson $files }}
mail: [worker-access, worker-membership]
scanner: [actions, worker-actions]
orcid: [membership, worker-membership]
webhooks: [worker-access]
traces: {{ without $names "operations" | toJson }}
{{- end }}

{{- /* The pods of processes. */}}
{{- define "escm.pods" -}}
matchLabels:
  {{- include "escm.selector" (dict "root" .root) | nindent 2 }}
matchExpressions:
  - {key: app.kubernetes.io/component, operator: In, values: {{ toJson .names }}}
{{- end }}

{{- define "escm.ports" -}}
{{- range . }}
- {port: {{ . }}, protocol: TCP}
{{- if eq (int .) 53 }}
- {port: 53, protocol: UDP}
{{- end }}
{{- end }}
{{- end }}
