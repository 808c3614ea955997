CREATE OR REPLACE VIEW action_work_without_assessments AS
 SELECT action_work_without_reports.resource,
    action_work_without_reports.id,
    action_work_without_reports.ref,
    action_work_without_reports.country,
    action_work_without_reports.verb,
    action_work_without_reports.due,
    action_work_without_reports.account_id
   FROM action_work_without_reports
UNION ALL
 SELECT 'actions.reports'::text AS resource,
    action_report.id,
    action_report.ref,
    action_report.country,
        CASE action_report.status
            WHEN 'submitted'::text THEN 'take'::text
            WHEN 'in_review'::text THEN 'clear'::text
            WHEN 'cleared'::text THEN 'publish'::text
            ELSE 'submit'::text
        END AS verb,
        CASE
            WHEN (action_report.status = ANY (ARRAY['draft'::text, 'changes_requested'::text])) THEN ((action_report.due_on + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)
            ELSE NULL::timestamp with time zone
        END AS due,
    NULL::uuid AS account_id
   FROM action_report
  WHERE (action_report.status = ANY (ARRAY['draft'::text, 'changes_requested'::text, 'submitted'::text, 'in_review'::text, 'cleared'::text]));

GRANT SELECT ON action_work_without_assessments TO {role:access};
