CREATE OR REPLACE FUNCTION member_institution_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT 'ror:' || r.ror, r.id, coalesce(r.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_countries', true), ''), ','))::text[])) OR r.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_records', true), ''), ','))::text[])), false)
    FROM member_institution r
    WHERE r.ror = ANY(ARRAY(SELECT substr(k, 5) FROM unnest(keys) k WHERE k LIKE 'ror:%'))
        AND r.merged_into IS NULL AND r.status IN ('submitted', 'verified', 'inactive')
$$;

REVOKE ALL ON FUNCTION member_institution_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institution_matches(text[]) TO {role:membership};
ALTER FUNCTION member_institution_matches(text[]) OWNER TO {role:search};
