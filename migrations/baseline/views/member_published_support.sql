CREATE OR REPLACE VIEW member_published_support AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    initiative_id,
    expert_id,
    institution_id
   FROM member_support;

GRANT SELECT ON member_published_support TO {role:access}, {role:membership};
