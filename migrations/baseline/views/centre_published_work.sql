CREATE OR REPLACE VIEW centre_published_work AS
 SELECT w.resource,
    w.id,
    w.ref,
    w.country,
    w.verb,
    w.due,
    w.account_id,
    w.institution_id,
    w.entered_by,
    w.scope_id,
    w.first_day,
    w.submitted_by,
    w.titles,
    w.is_possible,
    w.documents,
    w.taken_in,
    w.own_id
   FROM centre_work_without_renewals w
  WHERE ((w.verb <> 'submit_renewal'::text) AND (NOT (w.id IN ( SELECT r.id
           FROM centre_annual_report r
          WHERE (r.kind = 'final'::text)))))
UNION ALL
 SELECT 'centres.centres'::text AS resource,
    c.id,
    c.ref,
    c.country,
    'submit_renewal'::text AS verb,
    ((c.term_ends + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    c.host_institution_id AS institution_id,
    c.created_by AS entered_by,
    c.id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    (NOT (EXISTS ( SELECT
           FROM (centre_annual_report r
             JOIN centre_term t ON ((t.id = r.term_id)))
          WHERE ((t.centre_id = c.id) AND (t.status = 'current'::text) AND (r.kind = 'annual'::text) AND (r.period_ends < ((now() AT TIME ZONE 'UTC'::text))::date) AND (r.status <> ALL (ARRAY['accepted'::text, 'waived'::text])))))) AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM centre_centre c
  WHERE (c.status = 'renewal_due'::text)
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
    NULL::date AS first_day,
        CASE r.status
            WHEN 'submitted'::text THEN r.submitted_by
            ELSE NULL::text
        END AS submitted_by,
    c.names AS titles,
        CASE r.status
            WHEN 'due'::text THEN (EXISTS ( SELECT
               FROM centre_report_template t
              WHERE ((t.kind = 'final_report'::text) AND (t.status = 'active'::text))))
            WHEN 'draft'::text THEN (r.missing = 0)
            ELSE true
        END AS is_possible,
        CASE r.status
            WHEN 'draft'::text THEN (r.documents || r.answered)
            ELSE NULL::jsonb
        END AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_annual_report r
     LEFT JOIN centre_centre c ON ((c.id = r.centre_id)))
  WHERE ((r.kind = 'final'::text) AND (r.status = ANY (ARRAY['due'::text, 'draft'::text, 'submitted'::text])))
UNION ALL
 SELECT 'centres.evaluations'::text AS resource,
    e.id,
    e.ref,
    e.country,
        CASE e.status
            WHEN 'planned'::text THEN 'start'::text
            ELSE 'complete'::text
        END AS verb,
    ((
        CASE e.status
            WHEN 'planned'::text THEN e.starts
            ELSE e.ends
        END + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    e.centre_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
        CASE e.status
            WHEN 'planned'::text THEN (2 <= ( SELECT count(DISTINCT (m.value ->> 'expert_id'::text)) AS count
               FROM jsonb_array_elements(e.panel) m(value)
              WHERE (NOT (e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', (m.value -> 'expert_id'::text)))))))
            ELSE ((e.report IS NOT NULL) AND (e.recommendation IS NOT NULL) AND (2 <= ( SELECT count(DISTINCT (m.value ->> 'expert_id'::text)) AS count
               FROM jsonb_array_elements(e.panel) m(value)
              WHERE ((NOT (e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', (m.value -> 'expert_id'::text))))) AND (EXISTS ( SELECT
                       FROM centre_evaluation_score s
                      WHERE ((s.evaluation_id = e.id) AND (s.expert_id = ((m.value ->> 'expert_id'::text))::uuid))))))))
        END AS is_possible,
        CASE e.status
            WHEN 'in_progress'::text THEN jsonb_build_array(e.report)
            ELSE NULL::jsonb
        END AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_evaluation e
     LEFT JOIN centre_centre c ON ((c.id = e.centre_id)))
  WHERE (e.status = ANY (ARRAY['planned'::text, 'in_progress'::text]))
UNION ALL
 SELECT 'centres.evaluations'::text AS resource,
    e.id,
    e.ref,
    e.country,
    'score'::text AS verb,
    ((e.ends + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    x.account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    e.centre_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (((centre_evaluation e
     CROSS JOIN LATERAL jsonb_array_elements(e.panel) m(value))
     JOIN member_published_expert x ON ((x.id = ((m.value ->> 'expert_id'::text))::uuid)))
     LEFT JOIN centre_centre c ON ((c.id = e.centre_id)))
  WHERE ((e.status = 'in_progress'::text) AND (x.account_id IS NOT NULL) AND (NOT (e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', (m.value -> 'expert_id'::text))))) AND (NOT (EXISTS ( SELECT
           FROM centre_evaluation_score s
          WHERE ((s.evaluation_id = e.id) AND (s.expert_id = ((m.value ->> 'expert_id'::text))::uuid))))))
UNION ALL
 SELECT 'centres.evaluations'::text AS resource,
    e.id,
    e.ref,
    e.country,
    'respond'::text AS verb,
    (((e.completed_on + 60) + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    e.centre_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_evaluation e
     LEFT JOIN centre_centre c ON ((c.id = e.centre_id)))
  WHERE ((e.status = 'completed'::text) AND (e.response IS NULL) AND (e.completed_on >= (((now() AT TIME ZONE 'UTC'::text))::date - 60)))
UNION ALL
 SELECT 'centres.evaluations'::text AS resource,
    e.id,
    e.ref,
    e.country,
    'meet_condition'::text AS verb,
    ((open.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    e.centre_id AS scope_id,
    (open.due + 1) AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM ((centre_evaluation e
     LEFT JOIN centre_centre c ON ((c.id = e.centre_id)))
     CROSS JOIN LATERAL ( SELECT min(((k.value ->> 'due'::text))::date) AS due
           FROM jsonb_array_elements(e.conditions) k(value)
          WHERE ((k.value ->> 'met_on'::text) IS NULL)) open)
  WHERE ((e.status = 'completed'::text) AND (open.due IS NOT NULL))
UNION ALL
 SELECT 'centres.terms'::text AS resource,
    t.id,
    t.ref,
    t.country,
    'meet_condition'::text AS verb,
    ((open.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    t.centre_id AS scope_id,
    (open.due + 1) AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM ((centre_term t
     LEFT JOIN centre_centre c ON ((c.id = t.centre_id)))
     CROSS JOIN LATERAL ( SELECT min(((k.value ->> 'due'::text))::date) AS due
           FROM jsonb_array_elements(t.conditions) k(value)
          WHERE ((k.value ->> 'met_on'::text) IS NULL)) open)
  WHERE ((t.status = 'current'::text) AND (open.due IS NOT NULL));

GRANT SELECT ON centre_published_work TO {role:access}, {role:centres};
