CREATE OR REPLACE FUNCTION centre_next_serial(of_country text) RETURNS SETOF integer
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    PERFORM pg_advisory_xact_lock(hashtextextended('centre_next_serial ' || of_country, 0));
    RETURN QUERY SELECT coalesce(max(c.registration_serial), 0) + 1 FROM centre_centre c
    WHERE c.country = of_country;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$;

REVOKE ALL ON FUNCTION centre_next_serial(of_country text) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_next_serial(text) TO {role:centres};
