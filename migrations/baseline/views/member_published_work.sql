CREATE OR REPLACE VIEW member_published_work AS
 SELECT 'membership.experts'::text AS resource,
    member_expert.id,
    member_expert.ref,
    member_expert.country,
        CASE member_expert.status
            WHEN 'invited'::text THEN 'apply'::text
            WHEN 'info_requested'::text THEN 'resubmit'::text
            WHEN 'applied'::text THEN 'start_review'::text
            ELSE 'approve'::text
        END AS verb,
    member_expert.clock_target AS due,
        CASE
            WHEN (member_expert.status = ANY (ARRAY['invited'::text, 'info_requested'::text])) THEN member_expert.account_id
            ELSE member_expert.assignee
        END AS account_id
   FROM member_expert
  WHERE ((member_expert.status = ANY (ARRAY['invited'::text, 'info_requested'::text, 'applied'::text, 'under_review'::text])) AND (member_expert.merged_into IS NULL) AND (member_expert.erased_at IS NULL) AND ((member_expert.status = ANY (ARRAY['applied'::text, 'under_review'::text])) OR (member_expert.account_id IS NOT NULL)))
UNION ALL
 SELECT 'membership.institutions'::text AS resource,
    member_institution.id,
    member_institution.ref,
    member_institution.country,
    'verify'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_institution
  WHERE ((member_institution.status = 'submitted'::text) AND (member_institution.merged_into IS NULL))
UNION ALL
 SELECT 'membership.declarations'::text AS resource,
    member_declaration.id,
    member_declaration.ref,
    member_declaration.country,
    'assess'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_declaration
  WHERE (member_declaration.status = 'signed'::text)
UNION ALL
 SELECT 'membership.erasures'::text AS resource,
    member_erasure.id,
    member_erasure.ref,
    member_erasure.country,
    'confirm'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_erasure
  WHERE (member_erasure.status = 'proposed'::text)
UNION ALL
 SELECT 'membership.calls'::text AS resource,
    member_call.id,
    member_call.ref,
    member_call.country,
    'publish'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_call
  WHERE (member_call.status = 'decided'::text)
UNION ALL
 SELECT 'membership.nominations'::text AS resource,
    member_nomination.id,
    member_nomination.ref,
    member_nomination.country,
    'answer_appeal'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_nomination
  WHERE ((member_nomination.status = 'not_selected'::text) AND (member_nomination.appeal IS NOT NULL) AND ((member_nomination.appeal ->> 'replied_at'::text) IS NULL))
UNION ALL
 SELECT 'membership.supports'::text AS resource,
    member_support.id,
    member_support.ref,
    member_support.country,
    'verify'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM member_support
  WHERE ((member_support.status = 'pending'::text) AND (member_support.email_verified OR (member_support.signer IS NULL)))
UNION ALL
 SELECT 'membership.nominations'::text AS resource,
    n.id,
    n.ref,
    n.country,
    'score'::text AS verb,
    NULL::timestamp with time zone AS due,
    e.account_id
   FROM (((member_call c
     CROSS JOIN LATERAL jsonb_array_elements(c.panel) seat(value))
     JOIN member_expert e ON ((e.id = ((seat.value ->> 'expert_id'::text))::uuid)))
     JOIN member_nomination n ON ((n.call_id = c.id)))
  WHERE ((c.status = 'assessing'::text) AND (n.status = 'nominated'::text) AND (e.account_id IS NOT NULL) AND (NOT (n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', (seat.value -> 'expert_id'::text))))) AND (NOT (EXISTS ( SELECT
           FROM member_score s
          WHERE ((s.nomination_id = n.id) AND (s.expert_id = e.id))))));

GRANT SELECT ON member_published_work TO {role:access};
