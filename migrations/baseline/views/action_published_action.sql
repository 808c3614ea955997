CREATE OR REPLACE VIEW action_published_action AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility
   FROM action_action;

GRANT SELECT ON action_published_action TO {role:centres};
