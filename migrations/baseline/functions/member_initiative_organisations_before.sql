CREATE OR REPLACE FUNCTION member_initiative_organisations_before(initiative uuid, instant timestamptz, OUT matched bigint, OUT unmatched bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT member_institutions_meant(array_agg(DISTINCT s.organisation_id) FILTER (WHERE s.organisation_id IS NOT NULL)),
        count(DISTINCT s.organisation_key) FILTER (WHERE s.organisation_id IS NULL)
    FROM member_support s
    WHERE s.initiative_id = initiative AND s.accepted_at < instant AND (s.ended_at IS NULL OR s.ended_at >= instant)
$$;

REVOKE ALL ON FUNCTION member_initiative_organisations_before(initiative uuid, instant timestamp with time zone, OUT matched bigint, OUT unmatched bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION member_initiative_organisations_before(uuid, timestamp with time zone) TO {role:membership};
ALTER FUNCTION member_initiative_organisations_before(uuid, timestamp with time zone) OWNER TO {role:search};
