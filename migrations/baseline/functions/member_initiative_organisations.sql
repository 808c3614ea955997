CREATE OR REPLACE FUNCTION member_initiative_organisations(initiative uuid, OUT matched bigint, OUT unmatched bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    WITH RECURSIVE institutions AS (
        (SELECT s.organisation_id AS found FROM member_support s
        WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NOT NULL
        ORDER BY s.organisation_id LIMIT 1)
        UNION ALL
        SELECT (SELECT s.organisation_id FROM member_support s
            WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id > institutions.found
            ORDER BY s.organisation_id LIMIT 1)
        FROM institutions WHERE institutions.found IS NOT NULL
    ), texts AS (
        (SELECT s.organisation_key AS found FROM member_support s
        WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NULL
            AND s.organisation_key IS NOT NULL
        ORDER BY s.organisation_key LIMIT 1)
        UNION ALL
        SELECT (SELECT s.organisation_key FROM member_support s
            WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NULL
                AND s.organisation_key > texts.found
            ORDER BY s.organisation_key LIMIT 1)
        FROM texts WHERE texts.found IS NOT NULL
    )
    SELECT member_institutions_meant(ARRAY(SELECT found FROM institutions WHERE found IS NOT NULL)),
        (SELECT count(*) FROM texts WHERE found IS NOT NULL)
$$;

REVOKE ALL ON FUNCTION member_initiative_organisations(initiative uuid, OUT matched bigint, OUT unmatched bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION member_initiative_organisations(uuid) TO {role:membership};
ALTER FUNCTION member_initiative_organisations(uuid) OWNER TO {role:search};
