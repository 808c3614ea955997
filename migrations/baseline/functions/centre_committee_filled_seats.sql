CREATE OR REPLACE FUNCTION centre_committee_filled_seats(committee uuid) RETURNS TABLE(presidents integer, secretaries integer, seats integer)
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    RETURN QUERY SELECT (count(*) FILTER (WHERE office = 'president'))::integer,
        (count(*) FILTER (WHERE office = 'secretary'))::integer, count(*)::integer
    FROM centre_seat
    WHERE committee_id = committee AND status = 'appointed'
        AND (ends IS NULL OR ends >= left((now() AT TIME ZONE 'UTC')::date::text, length(ends)));
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$;

REVOKE ALL ON FUNCTION centre_committee_filled_seats(committee uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_committee_filled_seats(uuid) TO {role:centres};

COMMENT ON FUNCTION centre_committee_filled_seats(committee uuid) IS 'What the guards of a committee count: whatever the caller may see, the answer is the same.';
