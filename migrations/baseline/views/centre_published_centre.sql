CREATE OR REPLACE VIEW centre_published_centre AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    committee_id,
    host_institution_id,
    director_id,
    registration_number,
    designated_on,
    term_number,
    term_starts,
    term_ends,
    created_at,
    names,
    ( SELECT t.ended_on
           FROM centre_term t
          WHERE ((t.centre_id = c.id) AND (t.number = c.term_number))) AS ended_on,
    ( SELECT max(n.recorded_at) AS max
           FROM centre_tenure n
          WHERE ((n.centre_id = c.id) AND (n.changed = ANY (ARRAY['names'::text, 'host'::text])))) AS changed_at,
    closed_on,
    created_by
   FROM centre_centre c;

GRANT SELECT ON centre_published_centre TO {role:membership}, {role:actions}, {role:access}, {role:centres};
