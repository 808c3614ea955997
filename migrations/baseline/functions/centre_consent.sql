CREATE OR REPLACE FUNCTION centre_consent(of_country text) RETURNS TABLE(endorsement uuid, level integer)
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    RETURN QUERY SELECT e.id, e.level::integer FROM action_published_endorsement e
    WHERE e.country = of_country AND e.status = 'verified'
        AND (e.valid_to IS NULL OR e.valid_to >= (now() AT TIME ZONE 'UTC')::date)
    ORDER BY e.level DESC, e.id LIMIT 1;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$;

REVOKE ALL ON FUNCTION centre_consent(of_country text) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_consent(text) TO {role:centres};
