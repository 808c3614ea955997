CREATE OR REPLACE VIEW access_published_key AS
 SELECT kid,
    public
   FROM access_signing_key
  WHERE ((verifies_until > now()) AND (status <> 'revoked'::text));

GRANT SELECT ON access_published_key TO {role:membership}, {role:centres}, {role:actions}, {role:access};
