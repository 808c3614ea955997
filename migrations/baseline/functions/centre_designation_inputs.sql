CREATE OR REPLACE FUNCTION centre_designation_inputs(centre uuid) RETURNS TABLE(reviews integer, favourable integer, agreed boolean)
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    RETURN QUERY SELECT (SELECT count(DISTINCT r.reviewer_id)::integer FROM centre_review r WHERE r.centre_id = centre AND NOT r.conflict_of_interest), (SELECT count(DISTINCT r.reviewer_id)::integer FROM centre_review r WHERE r.centre_id = centre AND r.recommendation = 'designate' AND NOT r.conflict_of_interest),
        EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = centre AND a.kind = 'host'
            AND a.status = 'in_force' AND (a.expires IS NULL OR a.expires >= (now() AT TIME ZONE 'UTC')::date));
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$;

REVOKE ALL ON FUNCTION centre_designation_inputs(centre uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_designation_inputs(uuid) TO {role:centres};
