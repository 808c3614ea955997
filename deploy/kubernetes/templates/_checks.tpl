{{- /* What no schema can check: values that need each other. Renders nothing, or ends with all that is wrong. */}}
{{- define "escm.checks" -}}
{{- $v := .Values }}
{{- $wrong := list }}
{{- if gt (len .Release.Name) 40 }}
{{- $wrong = append $wrong "the name of the release has more than 40 characters" }}
{{- end }}
{{- if not $v.issuer }}
{{- $wrong = append $wrong "issuer: set the address at which others reach the system, such as https://api.example.org" }}
{{- end }}
{{- if not $v.secrets.name }}
{{- $wrong = append $wrong "secrets.name: name the Secret with the keys that docs/operators/kubernetes.md lists; the chart makes none" }}
{{- end }}
{{- if eq (empty $v.storage.url) (empty $v.storage.claim) }}
{{- $wrong = append $wrong "storage: set either url (s3://bucket/prefix) or claim (a ReadWriteMany claim), since all machines share the files" }}
{{- end }}
{{- with $v.database }}
{{- if and .cluster.enabled .host }}
{{- $wrong = append $wrong "database.host: is for a database outside of the chart; set database.cluster.enabled to false with it" }}
{{- else if not (or .cluster.enabled .host) }}
{{- $wrong = append $wrong "database.host: name the PostgreSQL server, or set database.cluster.enabled" }}
{{- end }}
{{- if and .cluster.enabled .cluster.backup.enabled (not .cluster.backup.destination) }}
{{- $wrong = append $wrong "database.cluster.backup.destination: set where the WAL is archived, such as s3://bucket/postgres" }}
{{- end }}
{{- if and .cluster.enabled .cluster.backup.enabled (not (or .cluster.backup.credentials $v.storage.credentials)) }}
{{- $wrong = append $wrong "database.cluster.backup.credentials: name the Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" }}
{{- end }}
{{- $needed := int (include "escm.connections" $) }}
{{- if gt $needed (int .connections) }}
{{- $wrong = append $wrong (printf "database.connections: the processes may use %d connections, the server allows %d; raise it or lower services.*.most" $needed (int .connections)) }}
{{- end }}
{{- end }}
{{- range $name, $service := $v.services }}
{{- if lt (int $service.most) (int $service.replicas) }}
{{- $wrong = append $wrong (printf "services.%s.most: is less than replicas" $name) }}
{{- end }}
{{- end }}
{{- if and (or $v.backups.enabled $v.restoreDrill.enabled) (not $v.backups.claim) }}
{{- $wrong = append $wrong "backups.claim: name the claim for the files of backups" }}
{{- end }}
{{- if and $v.keda.enabled (not $v.keda.prometheus) }}
{{- $wrong = append $wrong "keda.prometheus: set the address of the Prometheus that KEDA asks" }}
{{- end }}
{{- if and $v.gateway.enabled (not $v.gateway.parentRefs) }}
{{- $wrong = append $wrong "gateway.parentRefs: name the Gateway" }}
{{- end }}
{{- if $v.network.enabled }}
{{- range $peer, $needed := include "escm.required-peers" . | fromYaml }}
{{- if and $needed (not (index $v.network $peer "peers")) }}
{{- $wrong = append $wrong (printf "network.%s.peers: is empty, so nothing could connect; name the pods or addresses" $peer) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $wrong }}
{{- fail (printf "\n- %s" (join "\n- " $wrong)) }}
{{- end }}
{{- end }}

{{- /* Whether the values use what a policy opens. */}}
{{- define "escm.required-peers" -}}
{{- $v := .Values -}}
ingress: {{ or $v.ingress.enabled $v.gateway.enabled }}
monitoring: {{ $v.monitoring.enabled }}
database: {{ not $v.database.cluster.enabled }}
valkey: {{ not $v.valkey.enabled }}
storage: {{ or (hasPrefix "s3:" $v.storage.url) (and $v.database.cluster.enabled $v.database.cluster.backup.enabled) }}
mail: {{ eq $v.environment "production" }}
scanner: {{ hasKey $v.settings "ESCM_ACTIONS_SCANNER" }}
traces: {{ hasKey $v.settings "OTEL_EXPORTER_OTLP_ENDPOINT" }}
orcid: {{ not (empty $v.orcid.clientId) }}
{{- end }}
