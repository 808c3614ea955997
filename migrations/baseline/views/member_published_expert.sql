CREATE OR REPLACE VIEW member_published_expert AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    display_name,
    account_id,
    merged_into,
    erased_at
   FROM member_expert;

GRANT SELECT ON member_published_expert TO {role:centres}, {role:actions}, {role:access}, {role:membership};
