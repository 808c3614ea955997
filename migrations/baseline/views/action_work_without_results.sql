CREATE OR REPLACE VIEW action_work_without_results AS
 SELECT action_work_without_tasks.resource,
    action_work_without_tasks.id,
    action_work_without_tasks.ref,
    action_work_without_tasks.country,
    action_work_without_tasks.verb,
    action_work_without_tasks.due,
    action_work_without_tasks.account_id,
    action_work_without_tasks.scope_id,
    action_work_without_tasks.first_day,
    action_work_without_tasks.submitted_by
   FROM action_work_without_tasks
UNION ALL
 SELECT 'actions.tasks'::text AS resource,
    action_task.id,
    action_task.ref,
    action_task.country,
        CASE action_task.status
            WHEN 'open'::text THEN 'start'::text
            ELSE 'complete'::text
        END AS verb,
    ((action_task.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    action_task.owner_id AS account_id,
    action_task.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_task
  WHERE ((action_task.status = ANY (ARRAY['open'::text, 'in_progress'::text])) AND ((action_task.owner_id IS NOT NULL) OR (action_task.owner_role IS NOT NULL)))
UNION ALL
 SELECT 'actions.tasks'::text AS resource,
    action_task.id,
    action_task.ref,
    action_task.country,
    'assign'::text AS verb,
    ((action_task.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    action_task.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_task
  WHERE ((action_task.status = ANY (ARRAY['open'::text, 'in_progress'::text])) AND (action_task.owner_id IS NULL) AND (action_task.owner_role IS NULL))
UNION ALL
 SELECT 'actions.tasks'::text AS resource,
    action_task.id,
    action_task.ref,
    action_task.country,
    'verify'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    action_task.id AS scope_id,
    NULL::date AS first_day,
    action_task.completed_by AS submitted_by
   FROM action_task
  WHERE (action_task.status = 'done'::text);

GRANT SELECT ON action_work_without_results TO {role:access};
