CREATE OR REPLACE VIEW centre_published_partnership AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    centre_id,
    partner_centre_id,
    partner_institution_id
   FROM centre_partnership;

GRANT SELECT ON centre_published_partnership TO {role:access};
