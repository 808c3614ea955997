CREATE OR REPLACE VIEW member_published_erasure AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    second_person
   FROM member_erasure;

GRANT SELECT ON member_published_erasure TO {role:access};
