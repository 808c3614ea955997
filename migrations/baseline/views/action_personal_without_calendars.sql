CREATE OR REPLACE VIEW action_personal_without_calendars AS
 SELECT action_personal_without_assessments.person,
    action_personal_without_assessments.part,
    action_personal_without_assessments.id,
    action_personal_without_assessments.record
   FROM action_personal_without_assessments
UNION ALL
 SELECT action_assessment.expert_id AS person,
    'assessments'::text AS part,
    action_assessment.id,
    jsonb_build_object('id', action_assessment.id, 'ref', action_assessment.ref, 'version', action_assessment.version, 'status', action_assessment.status, 'country', action_assessment.country, 'visibility', action_assessment.visibility, 'created_at', to_char((action_assessment.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', action_assessment.created_by, 'updated_at', to_char((action_assessment.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', action_assessment.updated_by, 'subject_kind', action_assessment.subject_kind, 'subject_id', action_assessment.subject_id, 'period_id', action_assessment.period_id, 'completion', action_assessment.completion, 'assessor', action_assessment.assessor, 'text', action_assessment.text, 'date', action_assessment.date, 'independent', action_assessment.independent, 'conflict_of_interest', action_assessment.conflict_of_interest, 'evidence', action_assessment.evidence, 'reply_due', action_assessment.reply_due, 'reply', action_assessment.reply, 'replied_on', action_assessment.replied_on, 'published_on', action_assessment.published_on) AS record
   FROM action_assessment
  WHERE (action_assessment.expert_id IS NOT NULL);

GRANT SELECT ON action_personal_without_calendars TO {role:membership};
