CREATE OR REPLACE VIEW member_published_expertise AS
 SELECT expert_id AS id,
    'active'::text AS status,
    country,
    visibility,
    kind,
    value
   FROM member_expert_value
  WHERE is_available;

GRANT SELECT ON member_published_expertise TO {role:actions};
