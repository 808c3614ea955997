CREATE OR REPLACE FUNCTION centre_shown_by_itself(centre centre_centre) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT jsonb_build_object(
        'id', centre.id, 'registration_number', centre.registration_number, 'names', centre.names,
        'country', centre.country,
        'host', jsonb_build_object('id', centre.host_institution_id, 'name', (
            SELECT i.display_name FROM member_published_institution i
            WHERE i.id = centre.host_institution_id AND i.visibility = 'public' AND i.merged_into IS NULL
                AND i.status IN ('verified', 'inactive'))),
        'unit', centre.unit, 'director_id', centre.director_id, 'status', centre.status,
        'term', CASE WHEN centre.term_number IS NOT NULL THEN jsonb_build_object(
            'number', centre.term_number, 'starts', centre.term_starts, 'ends', centre.term_ends) END,
        'themes', coalesce(to_jsonb(centre.themes), '[]'), 'position', centre.position)
$$;

REVOKE ALL ON FUNCTION centre_shown_by_itself(centre centre_centre) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_shown_by_itself(centre_centre) TO {role:centres}, {role:search};
