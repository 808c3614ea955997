CREATE OR REPLACE VIEW action_personal_without_assessments AS
 SELECT action_personal_without_reports.person,
    action_personal_without_reports.part,
    action_personal_without_reports.id,
    action_personal_without_reports.record
   FROM action_personal_without_reports
UNION ALL
 SELECT e.id AS person,
    'delegations'::text AS part,
    d.id,
    d.record
   FROM (( SELECT action_delegation.id,
            action_delegation.account_id,
            jsonb_build_object('id', action_delegation.id, 'ref', action_delegation.ref, 'version', action_delegation.version, 'status', action_delegation.status, 'country', action_delegation.country, 'visibility', action_delegation.visibility, 'created_at', to_char((action_delegation.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', action_delegation.created_by, 'updated_at', to_char((action_delegation.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', action_delegation.updated_by, 'report_id', action_delegation.report_id, 'account_id', action_delegation.account_id, 'sections', action_delegation.sections, 'due_on', action_delegation.due_on) AS record
           FROM action_delegation) d
     JOIN member_published_expert e ON ((e.account_id = d.account_id)))
UNION ALL
 SELECT c.person,
    'reports'::text AS part,
    r.id,
    (jsonb_build_object('id', r.id, 'ref', r.ref, 'status', r.status, 'country', r.country, 'programme_id', r.programme_id, 'period_id', r.period_id) || jsonb_build_object('contributors', ( SELECT jsonb_agg(one.value) AS jsonb_agg
           FROM jsonb_array_elements(r.contributors) one(value)
          WHERE (((one.value -> 'person'::text) ->> 'expert_id'::text) = (c.person)::text)))) AS record
   FROM action_report r,
    LATERAL unnest(r.expert_ids) c(person);

GRANT SELECT ON action_personal_without_assessments TO {role:membership};
