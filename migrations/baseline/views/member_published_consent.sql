CREATE OR REPLACE VIEW member_published_consent AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    expert_id
   FROM member_consent;

GRANT SELECT ON member_published_consent TO {role:access};
