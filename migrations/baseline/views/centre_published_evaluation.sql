CREATE OR REPLACE VIEW centre_published_evaluation AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    centre_id
   FROM centre_evaluation;

GRANT SELECT ON centre_published_evaluation TO {role:access};
