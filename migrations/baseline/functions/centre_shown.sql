CREATE OR REPLACE FUNCTION centre_shown(centre centre_centre) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT centre_shown_by_itself(centre) || coalesce((
        SELECT jsonb_build_object('website', p.website) FROM centre_profile p
        WHERE p.centre_id = centre.id AND p.website IS NOT NULL), '{}') || coalesce((
        SELECT jsonb_build_object('successor', jsonb_build_object(
            'id', s.id, 'registration_number', s.registration_number))
        FROM centre_centre s
        WHERE s.id = centre.successor_id AND centre.status = 'closed' AND s.visibility = 'public'
            AND s.registration_number IS NOT NULL), '{}')
$$;

REVOKE ALL ON FUNCTION centre_shown(centre centre_centre) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_shown(centre_centre) TO {role:centres}, {role:search};
