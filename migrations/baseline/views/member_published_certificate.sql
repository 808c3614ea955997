CREATE OR REPLACE VIEW member_published_certificate AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    kind,
    expert_id,
    institution_id,
    centre_id
   FROM member_certificate;

GRANT SELECT ON member_published_certificate TO {role:access};
