CREATE OR REPLACE VIEW member_published_document AS
 SELECT ((r.decision ->> 'evidence_id'::text))::uuid AS evidence_id,
    'membership.calls'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.id AS scope_id,
    ('/membership/v1/calls/'::text || r.id) AS link
   FROM member_call r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.id)::text = ANY ({setting:records}))) AND ((r.decision ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT (((r.proof -> 'document'::text) ->> 'evidence_id'::text))::uuid AS evidence_id,
    'membership.consents'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.expert_id AS scope_id,
    ('/membership/v1/consents/'::text || r.id) AS link
   FROM member_consent r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.expert_id)::text = ANY ({setting:records}))) AND (((r.proof -> 'document'::text) ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT e.id AS evidence_id,
    'membership.nominations'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.expert_id AS scope_id,
    ('/membership/v1/nominations/'::text || r.id) AS link
   FROM (action_published_evidence e
     JOIN member_nomination r ON ((r.documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE ((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.expert_id)::text = ANY ({setting:records})))
UNION ALL
 SELECT ((r.evidence ->> 'evidence_id'::text))::uuid AS evidence_id,
    'membership.supports'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.expert_id AS scope_id,
    ('/membership/v1/supports/'::text || r.id) AS link
   FROM member_support r
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.expert_id)::text = ANY ({setting:records}))) AND ((r.evidence ->> 'evidence_id'::text) IS NOT NULL))
UNION ALL
 SELECT e.id AS evidence_id,
    'membership.messages'::text AS resource,
    r.id AS record_id,
    r.ref,
    r.country,
    r.visibility,
    r.status,
    r.expert_id AS scope_id,
    ((('/membership/v1/experts/'::text || r.expert_id) || '/messages/'::text) || r.id) AS link
   FROM (action_published_evidence e
     JOIN member_message r ON ((r.attachments @> jsonb_build_array(jsonb_build_object('evidence_id', e.id)))))
  WHERE (((r.visibility = ANY ({setting:visibilities})) OR (r.country = ANY ({setting:countries})) OR ((r.expert_id)::text = ANY ({setting:records}))) AND (r.audience = 'file'::text));

GRANT SELECT ON member_published_document TO {role:actions};
ALTER VIEW member_published_document OWNER TO {role:search};
