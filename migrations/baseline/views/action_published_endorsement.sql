CREATE OR REPLACE VIEW action_published_endorsement AS
 SELECT id,
    ref,
    version,
    country,
    level,
    status,
    visibility,
    issued,
    valid_to
   FROM action_endorsement;

GRANT SELECT ON action_published_endorsement TO {role:centres}, {role:access};
