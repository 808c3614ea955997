CREATE OR REPLACE VIEW member_published_declaration AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    expert_id
   FROM member_declaration;

GRANT SELECT ON member_published_declaration TO {role:access};
