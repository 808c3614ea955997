CREATE OR REPLACE VIEW action_published_report AS
 SELECT r.id,
    r.ref,
    r.version,
    r.country,
    r.status,
    r.visibility,
    r.programme_id,
    r.period_id,
    r.expert_ids,
    p.code AS period
   FROM (action_report r
     LEFT JOIN action_period p ON ((p.id = r.period_id)));

GRANT SELECT ON action_published_report TO {role:access}, {role:membership};
