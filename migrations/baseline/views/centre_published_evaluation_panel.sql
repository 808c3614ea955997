CREATE OR REPLACE VIEW centre_published_evaluation_panel AS
 SELECT (md5(((e.id)::text || (member.value ->> 'expert_id'::text))))::uuid AS id,
    e.id AS evaluation_id,
    e.country,
    e.status,
    ((member.value ->> 'expert_id'::text))::uuid AS expert_id,
    (e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', (member.value -> 'expert_id'::text)))) AS is_conflicted
   FROM (centre_evaluation e
     CROSS JOIN LATERAL jsonb_array_elements(e.panel) member(value));

GRANT SELECT ON centre_published_evaluation_panel TO {role:access};
