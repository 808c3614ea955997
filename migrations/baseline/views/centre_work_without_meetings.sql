CREATE OR REPLACE VIEW centre_work_without_meetings AS
 SELECT 'centres.centres'::text AS resource,
    c.id,
    c.ref,
    c.country,
        CASE c.status
            WHEN 'draft'::text THEN 'submit'::text
            WHEN 'info_requested'::text THEN 'resubmit'::text
            WHEN 'renewal_due'::text THEN 'submit_renewal'::text
            WHEN 'submitted'::text THEN 'accept_complete'::text
            WHEN 'under_review'::text THEN 'recommend'::text
            WHEN 'awaiting_agreement'::text THEN 'designate'::text
            WHEN 'renewal_review'::text THEN 'renew'::text
            ELSE NULL::text
        END AS verb,
        CASE c.status
            WHEN 'renewal_due'::text THEN ((c.term_ends + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)
            ELSE
            CASE
                WHEN (c.clock_holder <> 'applicant'::text) THEN c.clock_target
                ELSE NULL::timestamp with time zone
            END
        END AS due,
        CASE
            WHEN (c.status = ANY (ARRAY['submitted'::text, 'under_review'::text, 'awaiting_agreement'::text, 'renewal_review'::text])) THEN c.assignee
            ELSE NULL::uuid
        END AS account_id,
    c.host_institution_id AS institution_id,
    c.created_by AS entered_by,
    c.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
        CASE
            WHEN (c.status = ANY (ARRAY['draft'::text, 'info_requested'::text])) THEN ((num_nulls(c.unit, c.director_id, c.terms_of_reference, c.work_plan, c.host_letter) = 0) AND (NOT (EXISTS ( SELECT
               FROM centre_report_template t,
                LATERAL jsonb_array_elements(t.sections) section(value),
                LATERAL jsonb_array_elements((section.value -> 'questions'::text)) question(value)
              WHERE ((t.kind = 'application'::text) AND (t.status = 'active'::text) AND ((question.value ->> 'required'::text))::boolean AND (NOT (c.application_answers ? (question.value ->> 'key'::text))))))))
            WHEN (c.status = 'under_review'::text) THEN (2 <= ( SELECT count(DISTINCT r.reviewer_id) AS count
               FROM centre_review r
              WHERE ((r.centre_id = c.id) AND (r.recommendation = 'designate'::text) AND (NOT r.conflict_of_interest))))
            WHEN (c.status = 'awaiting_agreement'::text) THEN (EXISTS ( SELECT
               FROM centre_agreement a
              WHERE ((a.centre_id = c.id) AND (a.kind = 'host'::text) AND (a.status = 'in_force'::text) AND ((a.expires IS NULL) OR (a.expires >= ((now() AT TIME ZONE 'UTC'::text))::date)))))
            ELSE true
        END AS is_possible,
        CASE
            WHEN (c.status = ANY (ARRAY['draft'::text, 'info_requested'::text])) THEN (jsonb_build_array(c.terms_of_reference, c.work_plan, c.host_letter) || c.application_documents)
            ELSE NULL::jsonb
        END AS documents
   FROM centre_centre c
  WHERE (c.status = ANY (ARRAY['draft'::text, 'info_requested'::text, 'renewal_due'::text, 'submitted'::text, 'under_review'::text, 'awaiting_agreement'::text, 'renewal_review'::text]))
UNION ALL
 SELECT 'centres.committees'::text AS resource,
    m.id,
    m.ref,
    m.country,
    'recognise'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    m.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    m.names AS titles,
    true AS is_possible,
    jsonb_build_array(m.decision, m.bylaws) AS documents
   FROM centre_committee m
  WHERE (m.status = 'recognition_review'::text)
UNION ALL
 SELECT 'centres.reviewers'::text AS resource,
    r.id,
    r.ref,
    r.country,
        CASE r.status
            WHEN 'invited'::text THEN 'accept'::text
            ELSE 'review'::text
        END AS verb,
    ((r.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    e.account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    r.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    r.centre_names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents
   FROM (centre_reviewer r
     JOIN member_published_expert e ON ((e.id = r.expert_id)))
  WHERE ((r.status = ANY (ARRAY['invited'::text, 'accepted'::text])) AND (r.conflict_of_interest IS NOT TRUE) AND (e.account_id IS NOT NULL))
UNION ALL
 SELECT 'centres.centres'::text AS resource,
    c.id,
    c.ref,
    c.country,
    'suspend'::text AS verb,
    ((t.suspension_proposed_on + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    c.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents
   FROM (centre_term t
     JOIN centre_centre c ON ((c.id = t.centre_id)))
  WHERE ((t.status = 'current'::text) AND (t.suspension_proposed_on IS NOT NULL) AND (c.status = ANY (ARRAY['active'::text, 'renewal_due'::text, 'renewal_review'::text])) AND (EXISTS ( SELECT
           FROM centre_annual_report r
          WHERE ((r.term_id = t.id) AND (r.announced = 'red'::text) AND (r.status = ANY (ARRAY['due'::text, 'draft'::text]))))))
UNION ALL
 SELECT 'centres.seats'::text AS resource,
    s.id,
    s.ref,
    s.country,
    'end'::text AS verb,
    ((((((rpad(s.ends, 10, '-01-01'::text))::date - 1) +
        CASE length(s.ends)
            WHEN 4 THEN '1 year'::interval
            WHEN 7 THEN '1 mon'::interval
            ELSE '1 day'::interval
        END))::date + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    s.id AS scope_id,
    ((rpad(s.ends, 10, '-01-01'::text))::date - 90) AS first_day,
    NULL::text AS submitted_by,
    m.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents
   FROM (centre_seat s
     LEFT JOIN centre_committee m ON ((m.id = s.committee_id)))
  WHERE ((s.status = 'appointed'::text) AND (s.ends IS NOT NULL))
UNION ALL
 SELECT 'centres.annual_reports'::text AS resource,
    r.id,
    r.ref,
    r.country,
        CASE r.status
            WHEN 'due'::text THEN 'start'::text
            WHEN 'draft'::text THEN 'submit'::text
            ELSE 'accept'::text
        END AS verb,
        CASE
            WHEN (r.status <> 'submitted'::text) THEN ((r.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)
            ELSE NULL::timestamp with time zone
        END AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    r.centre_id AS scope_id,
        CASE r.status
            WHEN 'due'::text THEN (r.period_ends - 90)
            ELSE NULL::date
        END AS first_day,
        CASE r.status
            WHEN 'submitted'::text THEN r.submitted_by
            ELSE NULL::text
        END AS submitted_by,
    c.names AS titles,
        CASE r.status
            WHEN 'due'::text THEN (EXISTS ( SELECT
               FROM centre_report_template t
              WHERE ((t.kind = 'annual_report'::text) AND (t.status = 'active'::text))))
            WHEN 'draft'::text THEN (r.missing = 0)
            ELSE true
        END AS is_possible,
        CASE r.status
            WHEN 'draft'::text THEN (r.documents || r.answered)
            ELSE NULL::jsonb
        END AS documents
   FROM (centre_annual_report r
     LEFT JOIN centre_centre c ON ((c.id = r.centre_id)))
  WHERE (r.status = ANY (ARRAY['due'::text, 'draft'::text, 'submitted'::text]))
UNION ALL
 SELECT 'centres.agreements'::text AS resource,
    a.id,
    a.ref,
    a.country,
        CASE a.status
            WHEN 'drafting'::text THEN 'send'::text
            WHEN 'in_force'::text THEN 'terminate'::text
            ELSE 'sign'::text
        END AS verb,
    ((a.expires + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    a.centre_id AS scope_id,
        CASE a.status
            WHEN 'in_force'::text THEN (a.expires - 90)
            ELSE NULL::date
        END AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents
   FROM (centre_agreement a
     LEFT JOIN centre_centre c ON ((c.id = a.centre_id)))
  WHERE ((a.status = ANY (ARRAY['drafting'::text, 'in_negotiation'::text, 'partly_signed'::text])) OR ((a.status = 'in_force'::text) AND (a.expires IS NOT NULL)));

GRANT SELECT ON centre_work_without_meetings TO {role:access}, {role:centres};
