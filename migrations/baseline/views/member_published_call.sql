CREATE OR REPLACE VIEW member_published_call AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility
   FROM member_call;

GRANT SELECT ON member_published_call TO {role:access};
