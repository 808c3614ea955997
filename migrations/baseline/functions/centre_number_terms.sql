CREATE OR REPLACE FUNCTION centre_number_terms(committee uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    UPDATE centre_seat s SET term = n.term, rotation_due = n.rotation_due
    FROM (SELECT o.id, row_number() OVER (PARTITION BY o.office, o.expert_id, o.search_key
            ORDER BY coalesce(centre_first_day(o.starts), '-infinity'), o.id) AS term,
            centre_rotation_due(o.starts, (c.rotation ->> 'years')::integer) AS rotation_due
        FROM centre_seat o JOIN centre_committee c ON c.id = o.committee_id WHERE o.committee_id = committee) n
    WHERE s.id = n.id AND (s.term <> n.term OR s.rotation_due IS DISTINCT FROM n.rotation_due)
$$;

REVOKE ALL ON FUNCTION centre_number_terms(committee uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_number_terms(uuid) TO {role:centres};
