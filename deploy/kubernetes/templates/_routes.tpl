{{- /* The app for each path, as in deploy/containers/nginx.conf. */}}
{{- define "escm.routes" -}}
{{- range list "membership" "centres" "actions" "access" }}
- {app: {{ . }}, path: /{{ . }}, exact: false}
{{- end }}
- {app: portal, path: /.well-known/security.txt, exact: true}
- {app: portal, path: /.well-known/api-catalog, exact: true}
- {app: membership, path: /.well-known/did.json, exact: true}
- {app: access, path: /.well-known, exact: false}
- {app: portal, path: /, exact: false}
{{- end }}

{{- define "escm.host" -}}
{{- (urlParse .Values.issuer).hostname }}
{{- end }}
