CREATE OR REPLACE VIEW member_published_panel AS
 SELECT (md5(((c.id)::text || (seat.value ->> 'expert_id'::text))))::uuid AS id,
    c.id AS call_id,
    c.country,
    c.status,
    ((seat.value ->> 'expert_id'::text))::uuid AS expert_id,
    (seat.value ->> 'office'::text) AS office
   FROM (member_call c
     CROSS JOIN LATERAL jsonb_array_elements(c.panel) seat(value));

GRANT SELECT ON member_published_panel TO {role:access};
