CREATE OR REPLACE VIEW action_published_document AS
 SELECT action_document_without_assessments.evidence_id,
    action_document_without_assessments.resource,
    action_document_without_assessments.record_id,
    action_document_without_assessments.ref,
    action_document_without_assessments.country,
    action_document_without_assessments.visibility,
    action_document_without_assessments.status,
    action_document_without_assessments.scope_id,
    action_document_without_assessments.link
   FROM action_document_without_assessments
UNION ALL
 SELECT e.id AS evidence_id,
    'actions.assessments'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.subject_id AS scope_id,
    ('/actions/v1/assessments/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN action_assessment r ON ((r.evidence @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.status <> 'draft'::text) AND ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.subject_id)::text = ANY ({setting:records}))));

GRANT SELECT ON action_published_document TO {role:actions};
ALTER VIEW action_published_document OWNER TO {role:search};
