CREATE OR REPLACE VIEW centre_work_without_renewals AS
 SELECT centre_work_without_meetings.resource,
    centre_work_without_meetings.id,
    centre_work_without_meetings.ref,
    centre_work_without_meetings.country,
    centre_work_without_meetings.verb,
    centre_work_without_meetings.due,
    centre_work_without_meetings.account_id,
    centre_work_without_meetings.institution_id,
    centre_work_without_meetings.entered_by,
    centre_work_without_meetings.scope_id,
    centre_work_without_meetings.first_day,
    centre_work_without_meetings.submitted_by,
    centre_work_without_meetings.titles,
    centre_work_without_meetings.is_possible,
    centre_work_without_meetings.documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM centre_work_without_meetings
UNION ALL
 SELECT 'centres.committee_meetings'::text AS resource,
    t.id,
    t.ref,
    t.country,
        CASE t.status
            WHEN 'planned'::text THEN 'hold'::text
            ELSE 'approve'::text
        END AS verb,
        CASE t.status
            WHEN 'planned'::text THEN t.starts
            ELSE NULL::timestamp with time zone
        END AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    t.committee_id AS scope_id,
        CASE t.status
            WHEN 'planned'::text THEN ((t.starts AT TIME ZONE 'UTC'::text))::date
            ELSE NULL::date
        END AS first_day,
    NULL::text AS submitted_by,
    COALESCE(NULLIF(t.titles, '{}'::jsonb), c.names) AS titles,
        CASE t.status
            WHEN 'planned'::text THEN ((t.present <> '{}'::uuid[]) AND (NOT (EXISTS ( SELECT
               FROM centre_seat s
              WHERE ((s.id = ANY (t.present)) AND (s.status = 'ended'::text) AND (centre_last_day(s.ends) < ((t.starts AT TIME ZONE 'UTC'::text))::date))))))
            ELSE (t.minutes IS NOT NULL)
        END AS is_possible,
        CASE t.status
            WHEN 'held'::text THEN jsonb_build_array(t.minutes)
            ELSE NULL::jsonb
        END AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_committee_meeting t
     LEFT JOIN centre_committee c ON ((c.id = t.committee_id)))
  WHERE (t.status = ANY (ARRAY['planned'::text, 'held'::text]))
UNION ALL
 SELECT 'centres.decisions'::text AS resource,
    d.id,
    d.ref,
    d.country,
    'adopt'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    d.committee_id AS scope_id,
    NULL::date AS first_day,
    NULL::text AS submitted_by,
    d.titles,
    ((t.status = ANY (ARRAY['held'::text, 'approved'::text])) AND (cardinality(t.present) >= t.needed) AND (((d.votes ->> 'for'::text))::integer > ((d.votes ->> 'against'::text))::integer)) AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_decision d
     JOIN centre_committee_meeting t ON ((t.id = d.meeting_id)))
  WHERE (d.status = 'draft'::text)
UNION ALL
 SELECT 'centres.seats'::text AS resource,
    s.id,
    s.ref,
    s.country,
    'end'::text AS verb,
    ((s.rotation_due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text) AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    s.id AS scope_id,
    (s.rotation_due - 90) AS first_day,
    NULL::text AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    NULL::text AS taken_in,
    NULL::uuid AS own_id
   FROM (centre_seat s
     LEFT JOIN centre_committee c ON ((c.id = s.committee_id)))
  WHERE ((s.status = 'appointed'::text) AND (s.ends IS NULL) AND (s.rotation_due IS NOT NULL))
UNION ALL
 SELECT 'centres.partnerships'::text AS resource,
    p.id,
    p.ref,
    p.country,
    'accept'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id,
    NULL::uuid AS institution_id,
    NULL::text AS entered_by,
    COALESCE(p.partner_centre_id, p.partner_institution_id) AS scope_id,
    NULL::date AS first_day,
    p.created_by AS submitted_by,
    c.names AS titles,
    true AS is_possible,
    NULL::jsonb AS documents,
    COALESCE(p.partner_country, p.country) AS taken_in,
    p.centre_id AS own_id
   FROM (centre_partnership p
     LEFT JOIN centre_centre c ON ((c.id = p.centre_id)))
  WHERE (p.status = 'proposed'::text);

GRANT SELECT ON centre_work_without_renewals TO {role:access}, {role:centres};
