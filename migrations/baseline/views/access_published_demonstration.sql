CREATE OR REPLACE VIEW access_published_demonstration AS
 SELECT id
   FROM access_client
  WHERE ((client_id = 'demo-secretariat'::text) AND (status = 'active'::text));

GRANT SELECT ON access_published_demonstration TO {role:membership}, {role:centres}, {role:actions}, {role:access};
