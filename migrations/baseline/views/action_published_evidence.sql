CREATE OR REPLACE VIEW action_published_evidence AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    sha256,
    scope_id
   FROM action_evidence;

GRANT SELECT ON action_published_evidence TO {role:actions}, {role:membership}, {role:centres}, {role:search};
