CREATE OR REPLACE FUNCTION member_participation_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT k.key, r.id, coalesce((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR r.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_countries', true), ''), ','))::text[])) OR r.expert_id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.write_records', true), ''), ','))::text[])), false)
    FROM (
        SELECT key, split_part(key, ':', 2) AS congress, split_part(key, ':', 3) AS expert, split_part(key, ':', 4) AS role
        FROM unnest(keys) AS k (key) WHERE key LIKE 'participation:%' OFFSET 0
    ) k JOIN member_participation r
        ON r.expert_id = k.expert::uuid AND r.congress_id = k.congress::uuid AND r.role = k.role
    WHERE r.status IN ('registered', 'attended')
$$;

REVOKE ALL ON FUNCTION member_participation_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_participation_matches(text[]) TO {role:membership};
ALTER FUNCTION member_participation_matches(text[]) OWNER TO {role:search};
