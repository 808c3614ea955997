CREATE OR REPLACE VIEW action_work_without_tasks AS
 SELECT action_work_without_assessments.resource,
    action_work_without_assessments.id,
    action_work_without_assessments.ref,
    action_work_without_assessments.country,
    action_work_without_assessments.verb,
    action_work_without_assessments.due,
    action_work_without_assessments.account_id,
    action_work_without_assessments.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_work_without_assessments
UNION ALL
 SELECT 'actions.assessments'::text AS resource,
    action_assessment.id,
    action_assessment.ref,
    action_assessment.country,
    'submit'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    action_assessment.subject_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_assessment
  WHERE (action_assessment.status = 'draft'::text)
UNION ALL
 SELECT 'actions.assessments'::text AS resource,
    action_assessment.id,
    action_assessment.ref,
    action_assessment.country,
    'reply'::text AS verb,
    ((action_assessment.reply_due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    action_assessment.subject_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_assessment
  WHERE ((action_assessment.status = 'submitted'::text) AND (action_assessment.replied_on IS NULL))
UNION ALL
 SELECT 'actions.assessments'::text AS resource,
    action_assessment.id,
    action_assessment.ref,
    action_assessment.country,
    'publish'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    action_assessment.subject_id AS scope_id,
        CASE
            WHEN (action_assessment.replied_on IS NULL) THEN (action_assessment.reply_due + 1)
            ELSE NULL::date
        END AS first_day,
    NULL::text AS submitted_by
   FROM action_assessment
  WHERE (action_assessment.status = 'submitted'::text);

GRANT SELECT ON action_work_without_tasks TO {role:access};
