CREATE OR REPLACE VIEW action_published_task_comment AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    task_id
   FROM action_task_comment;

GRANT SELECT ON action_published_task_comment TO {role:access};
