CREATE OR REPLACE VIEW action_published_task AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    owner_id,
    owner_role
   FROM action_task;

GRANT SELECT ON action_published_task TO {role:access};
