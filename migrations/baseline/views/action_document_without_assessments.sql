CREATE OR REPLACE VIEW action_document_without_assessments AS
 SELECT (((r.baseline -> 'source'::text) ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.actions'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/actions/'::text || r.id) AS link
   FROM action_action r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND (((r.baseline -> 'source'::text) ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT e.id AS evidence_id,
    'actions.milestones'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/milestones/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN action_milestone r ON ((r.evidence @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})))
UNION ALL
 SELECT ((r.document ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.endorsements'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/endorsements/'::text || r.id) AS link
   FROM action_endorsement r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.document ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.letter ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.focal_points'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/focal_points/'::text || r.id) AS link
   FROM action_focal_point r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.letter ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.document ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.correspondence'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/correspondence/'::text || r.id) AS link
   FROM action_correspondence r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.document ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT e.id AS evidence_id,
    'actions.results'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/results/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN action_result r ON ((r.evidence @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})))
UNION ALL
 SELECT e.id AS evidence_id,
    'actions.support_requests'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/support_requests/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN action_support_request r ON ((r.documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})))
UNION ALL
 SELECT ((r.delivery_document ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.support_requests'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/support_requests/'::text || r.id) AS link
   FROM action_support_request r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.delivery_document ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((s.source ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.schemes'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/schemes/'::text || r.id) AS link
   FROM (action_scheme_state s
     JOIN action_scheme r ON ((r.id = s.scheme_id)))
  WHERE (((s.source ->> 'evidence_id'::text) IS NOT NULL) AND ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))))
UNION ALL
 SELECT ((s.source ->> 'evidence_id'::text))::uuid AS evidence_id,
    'actions.schemes'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/schemes/'::text || r.id) AS link
   FROM (action_scheme_mapping s
     JOIN action_scheme r ON (((r.code = s.scheme) AND (r.status = 'current'::text))))
  WHERE (((s.source ->> 'evidence_id'::text) IS NOT NULL) AND ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))))
UNION ALL
 SELECT DISTINCT e.id AS evidence_id,
    'actions.reports'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/actions/v1/reports/'::text || r.id) AS link
   FROM ((action_published_evidence e
     JOIN action_report_section s ON ((s.answered @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
     JOIN action_report r ON ((r.id = s.report_id)))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})));

GRANT SELECT ON action_document_without_assessments TO {role:actions};
ALTER VIEW action_document_without_assessments OWNER TO {role:search};
