CREATE OR REPLACE VIEW member_published_nomination AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    call_id,
    expert_id
   FROM member_nomination;

GRANT SELECT ON member_published_nomination TO {role:access};
