CREATE OR REPLACE FUNCTION member_expert_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT k.key, r.id, coalesce(r.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_countries', true), ''), ','))::text[])) OR r.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_records', true), ''), ','))::text[])), false)
    FROM unnest(keys) AS k (key) JOIN member_expert r
        ON r.email_keys @> ARRAY[substr(k.key, 7)]
    WHERE k.key LIKE 'email:%' AND r.merged_into IS NULL AND r.erased_at IS NULL
    UNION ALL
    SELECT 'orcid:' || r.orcid, r.id, coalesce(r.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_countries', true), ''), ','))::text[])) OR r.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_records', true), ''), ','))::text[])), false)
    FROM member_expert r
    WHERE r.orcid = ANY(ARRAY(SELECT substr(k, 7) FROM unnest(keys) k WHERE k LIKE 'orcid:%'))
        AND r.merged_into IS NULL AND r.erased_at IS NULL
$$;

REVOKE ALL ON FUNCTION member_expert_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_matches(text[]) TO {role:membership};
ALTER FUNCTION member_expert_matches(text[]) OWNER TO {role:search};
