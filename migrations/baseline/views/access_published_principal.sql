CREATE OR REPLACE VIEW access_published_principal AS
 SELECT kind,
    id,
    name,
    sandbox,
    ARRAY( SELECT r.token_id
           FROM access_revoked_token r
          WHERE ((r.principal_kind = p.kind) AND (r.principal_id = p.id) AND (r.until > now()))) AS revoked_tokens,
    owner_id,
    ip_allow,
    ARRAY( SELECT s.id
           FROM access_session s
          WHERE ((p.kind = 'account'::text) AND (s.account_id = p.id) AND (s.status <> 'active'::text) AND (s.updated_at > (now() - '00:15:00'::interval)))) AS ended_sessions
   FROM ( SELECT 'account'::text AS kind,
            access_account.id,
            access_account.name,
            false AS sandbox,
            NULL::uuid AS owner_id,
            '{}'::text[] AS ip_allow
           FROM access_account
          WHERE (access_account.status = 'active'::text)
        UNION ALL
         SELECT 'client',
            access_client.id,
            access_client.name,
            access_client.sandbox,
            NULL,
            access_client.ip_allow
           FROM access_client
          WHERE (access_client.status = 'active'::text)
        UNION ALL
         SELECT 'key',
            k.id,
            k.name,
            COALESCE(c.sandbox, false) AS "coalesce",
            k.owner_id,
            COALESCE(c.ip_allow, '{}'::text[]) AS "coalesce"
           FROM ((access_api_key k
             LEFT JOIN access_account a ON (((k.owner_kind = 'account'::text) AND (a.id = k.owner_id) AND (a.status = 'active'::text))))
             LEFT JOIN access_client c ON (((k.owner_kind = 'client'::text) AND (c.id = k.owner_id) AND (c.status = 'active'::text))))
          WHERE ((k.status = 'active'::text) AND (k.expires_at > now()) AND ((a.id IS NOT NULL) OR (c.id IS NOT NULL)))) p;

GRANT SELECT ON access_published_principal TO {role:membership}, {role:centres}, {role:actions}, {role:access};
