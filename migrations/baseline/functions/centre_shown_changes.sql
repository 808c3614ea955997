CREATE OR REPLACE FUNCTION centre_shown_changes(was jsonb, became jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('change', change, 'from', old, 'to', new) ORDER BY place), '[]')
    FROM (
        SELECT 1 AS place, was -> 'status' AS old, became -> 'status' AS new, CASE
            WHEN became ->> 'status' IN ('suspended', 'expired', 'closed')
                THEN CASE WHEN was -> 'status' IS DISTINCT FROM became -> 'status' THEN became ->> 'status' END
            WHEN was IS NULL THEN 'designated'
            WHEN was -> 'term' -> 'number' IS DISTINCT FROM became -> 'term' -> 'number' THEN 'renewed'
            WHEN was ->> 'status' = 'suspended' THEN 'reinstated' END AS change
        UNION ALL SELECT 2, was -> 'names', became -> 'names', 'renamed'
        WHERE was -> 'names' <> became -> 'names'
        UNION ALL SELECT 3, was -> 'host', became -> 'host', 'host_changed'
        WHERE was -> 'host' -> 'id' <> became -> 'host' -> 'id'
        UNION ALL SELECT 4, was -> 'director_id', became -> 'director_id', 'director_changed'
        WHERE was -> 'director_id' <> became -> 'director_id'
        UNION ALL SELECT 5, was -> 'position', became -> 'position', 'moved'
        WHERE jsonb_typeof(was -> 'position') = 'object' AND jsonb_typeof(became -> 'position') = 'object'
            AND was -> 'position' <> became -> 'position'
    ) found
    WHERE became IS NOT NULL AND change IS NOT NULL
$$;

REVOKE ALL ON FUNCTION centre_shown_changes(was jsonb, became jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_shown_changes(jsonb, jsonb) TO {role:centres}, {role:search};
