CREATE OR REPLACE VIEW centre_published_personal AS
 SELECT centre_personal_without_evaluations.person,
    centre_personal_without_evaluations.part,
    centre_personal_without_evaluations.id,
    centre_personal_without_evaluations.record
   FROM centre_personal_without_evaluations
UNION ALL
 SELECT ((member.value ->> 'expert_id'::text))::uuid AS person,
    'evaluation_panels'::text AS part,
    e.id,
    jsonb_build_object('id', e.id, 'ref', e.ref, 'status', e.status, 'country', e.country, 'centre_id', e.centre_id, 'kind', e.kind, 'starts', e.starts, 'ends', e.ends) AS record
   FROM (centre_evaluation e
     CROSS JOIN LATERAL jsonb_array_elements(e.panel) member(value))
UNION ALL
 SELECT centre_evaluation_score.expert_id AS person,
    'evaluation_scores'::text AS part,
    centre_evaluation_score.id,
    jsonb_build_object('id', centre_evaluation_score.id, 'ref', centre_evaluation_score.ref, 'version', centre_evaluation_score.version, 'status', centre_evaluation_score.status, 'country', centre_evaluation_score.country, 'visibility', centre_evaluation_score.visibility, 'created_at', to_char((centre_evaluation_score.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', centre_evaluation_score.created_by, 'updated_at', to_char((centre_evaluation_score.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', centre_evaluation_score.updated_by, 'evaluation_id', centre_evaluation_score.evaluation_id, 'expert_id', centre_evaluation_score.expert_id, 'scores', centre_evaluation_score.scores, 'recommendation', centre_evaluation_score.recommendation, 'comment', centre_evaluation_score.comment, 'conflict_of_interest', centre_evaluation_score.conflict_of_interest) AS record
   FROM centre_evaluation_score;

GRANT SELECT ON centre_published_personal TO {role:membership};
