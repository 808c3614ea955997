CREATE OR REPLACE VIEW centre_published_committee AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    host_institution_id,
    created_at,
    formed_on,
    recognised_on,
    ended_on
   FROM centre_committee;

GRANT SELECT ON centre_published_committee TO {role:membership}, {role:actions}, {role:access}, {role:centres};
