CREATE OR REPLACE VIEW access_published_credential_change AS
 SELECT principal_kind,
    principal_id,
    by_kind,
    by_id,
    at
   FROM access_credential_change
  WHERE ((by_id IS NOT NULL) AND (by_id <> principal_id) AND ((principal_kind = 'client'::text) OR (at > (now() - '30 days'::interval))));

GRANT SELECT ON access_published_credential_change TO {role:membership}, {role:centres}, {role:actions}, {role:access};
