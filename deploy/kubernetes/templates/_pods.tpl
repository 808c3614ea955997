{{- /* Secrets of a process: the key, and the variable that names its file. Each app and worker has the password of its
       own role only. */}}
{{- define "escm.secrets" -}}
{{- $v := .root.Values }}
{{- $service := .process.service }}
{{- if .process.data -}}
redis_url: REDIS_URL
secret_key: ESCM_SECRET_KEY
{{ has $service (list "relay" "operations") | ternary "role" .process.owner }}_password: ESCM_ROLE_PASSWORD
{{- end }}
{{- if has $service (list "portal" "operations") }}
console_key: ESCM_PORTAL_CONSOLE_KEY
{{- end }}
{{- if and (has $service (list "access" "membership" "operations")) (eq $v.environment "production") }}
smtp_url: ESCM_SMTP_URL
{{- end }}
{{- if and (has $service (list "membership" "operations")) $v.orcid.clientId }}
orcid_client_secret: ESCM_MEMBERSHIP_ORCID_CLIENT_SECRET
{{- end }}
{{- if eq $service "operations" }}
database_url: DATABASE_URL
{{- range list "membership" "centres" "actions" "access" "backup" }}
{{ . }}_password: ESCM_{{ upper . }}_DATABASE_PASSWORD
{{- end }}
{{- end }}
{{- end }}

{{- /* The name of the Secret that has a key, and its key there. */}}
{{- define "escm.secret" -}}
{{- $own := dict "name" .root.Values.secrets.name "key" .key }}
{{- if and (eq .key "database_url") .root.Values.database.cluster.enabled }}
{{- $own = dict "name" (printf "%s-postgres-app" .root.Release.Name) "key" "uri" }}
{{- end }}
{{- index .root.Values.secrets.elsewhere .key | default $own | toYaml }}
{{- end }}

{{- define "escm.settings" -}}
{{- $v := .root.Values }}
{{- $service := .process.service -}}
ESCM_ENVIRONMENT: {{ $v.environment }}
ESCM_FICTIONAL_COUNTRIES: {{ $v.fictionalCountries | quote }}
ESCM_ISSUER: {{ $v.issuer }}
ESCM_COMPRESSION: {{ $v.compression | quote }}
ESCM_METRICS_PORT: "9000"
ESCM_METRICS_HOST: 0.0.0.0
{{- with $v.trustedProxies }}
ESCM_TRUSTED_PROXIES: {{ join "," . | quote }}
{{- end }}
{{- if has .process.owner (list "actions" "portal") }}
ESCM_API: http://{{ .root.Release.Name }}-{service}:8000
{{- end }}
{{- if eq $service "portal" }}
ESCM_SECRET_KEY: none
ESCM_ROLE_PASSWORD: none
{{- end }}
{{- if and .process.data (ne $service "operations") }}
DATABASE_URL: {{ include "escm.database" .root | quote }}
{{- end }}
{{- if .process.files }}
{{- with $v.storage.url }}
ESCM_STORAGE_URL: {{ . }}
{{- end }}
{{- with $v.storage.region }}
AWS_REGION: {{ . | quote }}
{{- end }}
{{- with $v.storage.endpoint }}
AWS_ENDPOINT_URL: {{ . }}
AWS_ALLOW_HTTP: {{ hasPrefix "http:" . | quote }}
{{- end }}
{{- end }}
{{- if and (has $service (list "membership" "operations")) $v.orcid.clientId }}
ESCM_MEMBERSHIP_ORCID_URL: {{ $v.orcid.url }}
ESCM_MEMBERSHIP_ORCID_API_URL: {{ $v.orcid.apiUrl }}
ESCM_MEMBERSHIP_ORCID_CLIENT_ID: {{ $v.orcid.clientId | quote }}
{{- end }}
{{- range $name, $value := $v.settings }}
{{- $owner := regexFind "^ESCM_(MEMBERSHIP|CENTRES|ACTIONS|ACCESS|PORTAL)_" $name | trimPrefix "ESCM_" | trimSuffix "_" | lower }}
{{- if or (not $owner) (has $.process.owner (list $owner "operations")) }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "escm.database" -}}
{{- $database := .Values.database }}
{{- $host := $database.cluster.enabled | ternary (printf "%s-postgres-rw" .Release.Name) $database.host }}
{{- printf "postgresql://%s:%d/%s" $host (int $database.port) $database.name }}
{{- with $database.parameters }}?{{ . }}{{ end }}
{{- end }}

{{- define "escm.environment" -}}
{{- range $name, $value := include "escm.settings" . | fromYaml }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- if .root.Values.authorities.name }}
{{- range list "PGSSLROOTCERT" "SSL_CERT_FILE" }}
- {name: {{ . }}, value: /run/authorities/ca.crt}
{{- end }}
{{- end }}
{{- range $key, $name := include "escm.secrets" . | fromYaml }}
- {name: {{ $name }}_FILE, value: /run/secrets/{{ $key }}/{{ $key }}}
{{- end }}
{{- if and (eq .process.name "operations") (eq (first .root.Values.run) "admin") }}
- name: ADMIN_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secrets.name }}, key: admin_password}}
{{- end }}
{{- if and .process.files .root.Values.storage.credentials }}
{{- range $name := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $.root.Values.storage.credentials }}, key: {{ $name }}}}
{{- end }}
{{- end }}
{{- end }}

{{- /* The whole pod of a process; `extra` is what its kind adds to the container, as YAML, and `backups` whether it has
       their claim. */}}
{{- define "escm.pod" -}}
{{- $v := .root.Values }}
{{- $secrets := include "escm.secrets" . | fromYaml -}}
metadata:
  labels:
    {{- include "escm.labels" (dict "root" .root "component" .process.name) | nindent 4 }}
  {{- $annotations := not (empty $v.secrets.revision) | ternary (dict "escm/secrets" $v.secrets.revision) dict | merge (deepCopy $v.podAnnotations) }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with include "escm.account" .root }}
  serviceAccountName: {{ . }}
  {{- end }}
  automountServiceAccountToken: false
  enableServiceLinks: false  # their variables begin with ESCM_, which the settings refuse
  terminationGracePeriodSeconds: 35
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: escm
      {{- $digest := index $v.image.digests .process.service }}
      image: {{ $v.image.prefix }}/{{ .process.service }}:{{ include "escm.release" .root }}{{ with $digest }}@{{ . }}{{ end }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: {{ toJson .process.args }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      env:
        {{- include "escm.environment" . | trim | nindent 8 }}
        {{- with $v.environmentVariables }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- .extra | trim | nindent 6 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if $v.authorities.name }}
        - {name: authorities, mountPath: /run/authorities, readOnly: true}
        {{- end }}
        {{- if .process.files }}
        - {name: scratch, mountPath: /var/lib/escm/tmp}
        - {name: files, mountPath: /var/lib/escm/files}
        {{- end }}
        {{- if .backups }}
        - {name: backups, mountPath: /backups}
        {{- end }}
        {{- range $key, $name := $secrets }}
        - {name: {{ $key | replace "_" "-" }}, mountPath: /run/secrets/{{ $key }}, readOnly: true}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
    {{- with $v.authorities }}
    {{- if .name }}
    - name: authorities
      secret: {secretName: {{ .name }}, defaultMode: 292, items: [{key: {{ .key }}, path: ca.crt}]}
    {{- end }}
    {{- end }}
    {{- if .process.files }}
    - {name: scratch, emptyDir: {sizeLimit: {{ $v.storage.scratch }}}}
    {{- if $v.storage.claim }}
    - {name: files, persistentVolumeClaim: {claimName: {{ $v.storage.claim }}}}
    {{- else }}
    - {name: files, emptyDir: {sizeLimit: {{ $v.storage.scratch }}}}
    {{- end }}
    {{- end }}
    {{- if .backups }}
    - name: backups
      persistentVolumeClaim: {claimName: {{ $v.backups.claim }}}
    {{- end }}
    {{- range $key, $name := $secrets }}
    {{- $secret := include "escm.secret" (dict "root" $.root "key" $key) | fromYaml }}
    - name: {{ $key | replace "_" "-" }}
      secret: {secretName: {{ $secret.name }}, defaultMode: 292, items: [{key: {{ $secret.key }}, path: {{ $key }}}]}
    {{- end }}
{{- end }}
