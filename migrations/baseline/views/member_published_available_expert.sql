CREATE OR REPLACE VIEW member_published_available_expert AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    display_name
   FROM member_expert
  WHERE ((status = 'active'::text) AND available_for_support AND (merged_into IS NULL) AND (erased_at IS NULL) AND (restricted_at IS NULL));

GRANT SELECT ON member_published_available_expert TO {role:actions};
