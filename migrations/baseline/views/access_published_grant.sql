CREATE OR REPLACE VIEW access_published_grant AS
 WITH living AS NOT MATERIALIZED (
         SELECT g.id,
            g.principal_kind,
            g.principal_id,
            g.role,
            g.scope_kind,
            g.scope_id,
            g.starts,
            g.ends,
            c.resources,
            c.verbs,
            g.delegated_from
           FROM ((access_grant g
             LEFT JOIN access_account a ON (((g.principal_kind = 'account'::text) AND (a.id = g.principal_id) AND (a.status = 'active'::text))))
             LEFT JOIN access_client c ON (((g.principal_kind = 'client'::text) AND (c.id = g.principal_id) AND (c.status = 'active'::text))))
          WHERE ((g.status = 'active'::text) AND (g.starts <= ((now() AT TIME ZONE 'UTC'::text))::date) AND ((g.ends IS NULL) OR (g.ends >= ((now() AT TIME ZONE 'UTC'::text))::date)) AND ((a.id IS NOT NULL) OR (c.id IS NOT NULL)) AND ((g.delegated_from IS NULL) OR (EXISTS ( SELECT
                   FROM (access_grant s
                     JOIN access_account h ON (((h.id = s.principal_id) AND (h.status = 'active'::text))))
                  WHERE ((s.id = g.delegated_from) AND (s.status = 'active'::text) AND (s.principal_kind = 'account'::text) AND (s.starts <= ((now() AT TIME ZONE 'UTC'::text))::date) AND ((s.ends IS NULL) OR (s.ends >= ((now() AT TIME ZONE 'UTC'::text))::date)))))))
        )
 SELECT l.id,
    l.principal_kind,
    l.principal_id,
    l.role,
    l.scope_kind,
    l.scope_id,
    l.starts,
    l.ends,
    l.resources,
    l.verbs,
    NULL::text[] AS key_resources,
    NULL::text[] AS key_verbs,
    NULL::text[] AS key_countries,
    l.delegated_from
   FROM living l
UNION ALL
 SELECT l.id,
    'key'::text AS principal_kind,
    k.id AS principal_id,
    l.role,
    l.scope_kind,
    l.scope_id,
    l.starts,
    l.ends,
    l.resources,
    l.verbs,
    k.resources AS key_resources,
    k.verbs AS key_verbs,
    k.countries AS key_countries,
    l.delegated_from
   FROM (access_api_key k
     JOIN living l ON (((l.principal_kind = k.owner_kind) AND (l.principal_id = k.owner_id))))
  WHERE ((k.status = 'active'::text) AND (k.expires_at > now()));

GRANT SELECT ON access_published_grant TO {role:membership}, {role:centres}, {role:actions}, {role:access};
