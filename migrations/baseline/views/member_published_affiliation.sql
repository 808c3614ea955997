CREATE OR REPLACE VIEW member_published_affiliation AS
 SELECT id,
    expert_id,
    institution_id,
    country,
    visibility,
    starts,
    ends
   FROM member_affiliation
  WHERE (institution_id IS NOT NULL);

GRANT SELECT ON member_published_affiliation TO {role:centres};
