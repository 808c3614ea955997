CREATE OR REPLACE VIEW member_published_orcid AS
 SELECT id,
    orcid
   FROM member_expert
  WHERE ((orcid IS NOT NULL) AND (merged_into IS NULL) AND (erased_at IS NULL));

GRANT SELECT ON member_published_orcid TO {role:centres};
