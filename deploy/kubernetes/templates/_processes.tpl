{{- /* The processes by name, as docker-compose.yml has them: what follows from the name. `owner` is the service whose
       settings and role of the database one has, `data` have a database, `files`
       receive or print files, `port` and `path` show their health. */}}
{{- define "escm.processes" -}}
{{- range $name, $values := .Values.services }}
{{- $service := trimPrefix "worker-" $name }}
{{- $owner := eq $service "publishing" | ternary "actions" $service }}
{{- $pool := index $.Values.settings (printf "ESCM_%s_POOL_SIZE" (upper $service)) | default "8" | int }}
{{- $kind := eq $name "relay" | ternary "relay" (eq $name $service | ternary "app" "worker") }}
{{ $name }}:
  name: {{ $name }}
  kind: {{ $kind }}
  service: {{ $service }}
  owner: {{ $owner }}
  data: {{ ne $service "portal" }}
  files: {{ not (has $service (list "portal" "relay")) }}
  {{- if eq $kind "app" }}
  args: [serve, {{ $service }}, --host, "0.0.0.0", --drain, "5"]
  port: http
  path: {{ eq $service "portal" | ternary "" (printf "/%s/v1" $service) | quote }}
  connections: {{ or (eq $service "portal") (not (empty $.Values.settings.ESCM_DATABASE_POOLER)) | ternary 0 (add $pool 3) }}
  {{- else }}
  args: [{{ eq $kind "relay" | ternary "relay" (printf "worker, %s" $service) }}]
  port: metrics
  path: ""
  connections: {{ has $service (list "relay" "publishing") | ternary 3 10 }}
  {{- end }}
{{- end }}
operations:
  name: operations
  kind: job
  service: operations
  owner: operations
  data: true
  files: true
  args: {{ toJson .Values.run }}
  connections: 10
{{- end }}

{{- /* The most instances of a process that run at once, without the one that a rollout adds. */}}
{{- define "escm.most" -}}
{{- $values := index .root.Values.services .process.name }}
{{- $scales := eq .process.kind "app" | ternary true (and (eq .process.kind "worker") .root.Values.keda.enabled) }}
{{- $scales | ternary $values.most $values.replicas }}
{{- end }}

{{- /* The connections to PostgreSQL of all processes during a rollout, and those that PostgreSQL reserves. */}}
{{- define "escm.connections" -}}
{{- $sum := 13 }}
{{- range $name, $process := omit (include "escm.processes" . | fromYaml) "operations" }}
{{- $most := include "escm.most" (dict "root" $ "process" $process) | int }}
{{- $sum = add $sum (mul (add $most 1) $process.connections) }}
{{- end }}
{{- $sum }}
{{- end }}

{{- define "escm.selector" -}}
app.kubernetes.io/name: escm
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "escm.labels" -}}
{{ include "escm.selector" . }}
app.kubernetes.io/version: {{ include "escm.release" .root | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "escm.metadata" -}}
name: {{ .root.Release.Name }}-{{ .name | default .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "escm.labels" . | nindent 2 }}
{{- end }}

{{- define "escm.release" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* The service account of all pods; empty for that of the namespace. */}}
{{- define "escm.account" -}}
{{- with .Values.serviceAccount }}
{{- .name | default (.create | ternary (printf "%s-escm" $.Release.Name) "") }}
{{- end }}
{{- end }}

{{- /* Requests and limits, without that of CPU if values say so. */}}
{{- define "escm.resources" -}}
{{- $limits := .root.Values.cpuLimits | ternary .resources.limits (omit .resources.limits "cpu") }}
{{- dict "requests" .resources.requests "limits" $limits | toYaml }}
{{- end }}

{{- /* The labels of Valkey's pod, which is no process of the system: nobody scrapes it. */}}
{{- define "escm.valkey" -}}
app.kubernetes.io/name: valkey
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
