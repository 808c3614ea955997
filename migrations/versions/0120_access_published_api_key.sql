CREATE OR REPLACE VIEW access_published_api_key AS
 SELECT digest,
    id,
    expires_at,
    owner_kind
   FROM access_api_key
  WHERE ((status = 'active'::text) AND (expires_at > now()));

GRANT SELECT ON access_published_api_key TO {role:membership}, {role:centres}, {role:actions}, {role:access};
