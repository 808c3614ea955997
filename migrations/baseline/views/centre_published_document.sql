CREATE OR REPLACE VIEW centre_published_document AS
 SELECT ((r.decision ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.committees'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/committees/'::text || r.id) AS link
   FROM centre_committee r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.decision ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.bylaws ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.committees'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/committees/'::text || r.id) AS link
   FROM centre_committee r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.bylaws ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.terms_of_reference ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM centre_centre r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.terms_of_reference ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.work_plan ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM centre_centre r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.work_plan ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.host_letter ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM centre_centre r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.host_letter ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.final_report ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM centre_centre r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.final_report ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.evaluation ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM centre_centre r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.evaluation ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT e.id AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN centre_centre r ON ((r.application_documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})))
UNION ALL
 SELECT e.id AS evidence_id,
    'centres.centres'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/centres/v1/centres/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN centre_centre r ON ((r.change_documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records})))
UNION ALL
 SELECT e.id AS evidence_id,
    'centres.messages'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ((('/centres/v1/centres/'::text || r.centre_id) || '/messages/'::text) || r.id) AS link
   FROM (action_published_evidence e
     JOIN centre_message r ON ((r.attachments @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records}))) AND (r.audience = 'file'::text))
UNION ALL
 SELECT e.id AS evidence_id,
    'centres.annual_reports'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/annual_reports/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN centre_annual_report r ON ((r.documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records})))
UNION ALL
 SELECT e.id AS evidence_id,
    'centres.annual_reports'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/annual_reports/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN centre_annual_report r ON ((r.answered @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records})))
UNION ALL
 SELECT ((r.minutes ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.committee_meetings'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.committee_id AS scope_id,
    ('/centres/v1/committee_meetings/'::text || r.id) AS link
   FROM centre_committee_meeting r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.committee_id)::text = ANY ({setting:records}))) AND ((r.minutes ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.document ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.agreements'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/agreements/'::text || r.id) AS link
   FROM centre_agreement r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records}))) AND ((r.document ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.terms_of_reference ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.terms'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/terms/'::text || r.id) AS link
   FROM centre_term r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records}))) AND ((r.terms_of_reference ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.work_plan ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.terms'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/terms/'::text || r.id) AS link
   FROM centre_term r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records}))) AND ((r.work_plan ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((r.decision ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.terms'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.centre_id AS scope_id,
    ('/centres/v1/terms/'::text || r.id) AS link
   FROM centre_term r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.centre_id)::text = ANY ({setting:records}))) AND ((r.decision ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT ((e.report ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.evaluations'::text AS resource,
    e.id AS record_id,
    e.ref,
    e.country,
    e.visibility,
    e.status,
    e.id AS scope_id,
    ('/centres/v1/evaluations/'::text || e.id) AS link
   FROM centre_evaluation e
  WHERE (((e.report ->> 'evidence_id'::text) IS NOT NULL) AND ((e.country = ANY ({setting:countries})) OR ((e.id)::text = ANY ({setting:records})) OR (e.visibility = ANY ({setting:visibilities}))))
UNION ALL
 SELECT ((e.report ->> 'evidence_id'::text))::uuid AS evidence_id,
    'centres.evaluations'::text AS resource,
    e.id AS record_id,
    e.ref,
    e.country,
    e.visibility,
    e.status,
    e.centre_id AS scope_id,
    ('/centres/v1/evaluations/'::text || e.id) AS link
   FROM centre_evaluation e
  WHERE (((e.report ->> 'evidence_id'::text) IS NOT NULL) AND ((e.status = 'completed'::text) AND ((e.centre_id)::text = ANY ({setting:records}))));

GRANT SELECT ON centre_published_document TO {role:actions};
ALTER VIEW centre_published_document OWNER TO {role:search};
