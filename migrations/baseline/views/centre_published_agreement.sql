CREATE OR REPLACE VIEW centre_published_agreement AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    centre_id
   FROM centre_agreement;

GRANT SELECT ON centre_published_agreement TO {role:access}, {role:centres};
