CREATE OR REPLACE FUNCTION action_action_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, substr(key, 8, 36) AS owner, substr(key, 45) AS title
        FROM unnest(keys) AS k (key) WHERE key LIKE 'action:%' OFFSET 0) k
    CROSS JOIN LATERAL (SELECT r.id FROM action_action r
        WHERE r.programme_id = k.owner::uuid AND r.search_key = k.title ORDER BY r.id LIMIT 1) r
$$;

REVOKE ALL ON FUNCTION action_action_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION action_action_matches(text[]) TO {role:actions};
