CREATE OR REPLACE VIEW member_published_institution AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    display_name,
    ror,
    merged_into
   FROM member_institution;

GRANT SELECT ON member_published_institution TO {role:centres}, {role:actions}, {role:access}, {role:membership}, {role:search};
