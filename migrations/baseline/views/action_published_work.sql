CREATE OR REPLACE VIEW action_published_work AS
 SELECT action_work_without_results.resource,
    action_work_without_results.id,
    action_work_without_results.ref,
    action_work_without_results.country,
    action_work_without_results.verb,
    action_work_without_results.due,
    action_work_without_results.account_id,
    action_work_without_results.scope_id,
    action_work_without_results.first_day,
    action_work_without_results.submitted_by
   FROM action_work_without_results
UNION ALL
 SELECT 'actions.results'::text AS resource,
    action_result.id,
    action_result.ref,
    action_result.country,
        CASE action_result.status
            WHEN 'submitted'::text THEN 'approve'::text
            WHEN 'approved'::text THEN 'accept'::text
            ELSE 'publish'::text
        END AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    action_result.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by
   FROM action_result
  WHERE (action_result.status = ANY (ARRAY['submitted'::text, 'approved'::text, 'accepted'::text]));

GRANT SELECT ON action_published_work TO {role:access};
