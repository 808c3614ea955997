CREATE OR REPLACE VIEW action_published_centre_use AS
 SELECT action_programme.centre_id
   FROM action_programme
  WHERE (action_programme.centre_id IS NOT NULL)
UNION ALL
 SELECT action_target.centre_id
   FROM action_target
  WHERE (action_target.centre_id IS NOT NULL)
UNION ALL
 SELECT action_result.centre_id
   FROM action_result
  WHERE (action_result.centre_id IS NOT NULL)
UNION ALL
 SELECT action_support_request.centre_id
   FROM action_support_request
  WHERE (action_support_request.centre_id IS NOT NULL)
UNION ALL
 SELECT action_assessment.subject_id AS centre_id
   FROM action_assessment
  WHERE (action_assessment.subject_kind = 'centre'::text);

GRANT SELECT ON action_published_centre_use TO {role:centres};
