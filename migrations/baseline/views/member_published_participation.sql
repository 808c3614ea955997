CREATE OR REPLACE VIEW member_published_participation AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    congress_id,
    expert_id,
    role
   FROM member_participation;

GRANT SELECT ON member_published_participation TO {role:access}, {role:membership};
