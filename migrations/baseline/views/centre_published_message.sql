CREATE OR REPLACE VIEW centre_published_message AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    centre_id
   FROM centre_message
  WHERE (audience = 'file'::text);

GRANT SELECT ON centre_published_message TO {role:access};
