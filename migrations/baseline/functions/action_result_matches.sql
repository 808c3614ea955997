CREATE OR REPLACE FUNCTION action_result_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, split_part(key, ':', 1) AS kind, split_part(key, ':', 2) AS indicator, split_part(key, ':', 3) AS country, split_part(key, ':', 4) AS action, split_part(key, ':', 5) AS centre, split_part(key, ':', 6) AS period, split_part(key, ':', 7) AS year FROM unnest(keys) AS k (key) WHERE key LIKE 'actual:%' OFFSET 0) k
    CROSS JOIN LATERAL (SELECT r.id FROM action_result r WHERE r.indicator_id = k.indicator::uuid AND r.country = k.country
        AND r.action_id IS NOT DISTINCT FROM nullif(k.action, '')::uuid
        AND r.centre_id IS NOT DISTINCT FROM nullif(k.centre, '')::uuid AND r.period_id = k.period::uuid AND r.year IS NULL AND r.kind = 'actual' AND (r.status = 'published'
        OR r.revision_of IS NULL AND r.status IN ('draft', 'submitted', 'approved', 'accepted')) LIMIT 1) r
 UNION ALL
    SELECT k.key, r.id, true
    FROM (SELECT key, split_part(key, ':', 1) AS kind, split_part(key, ':', 2) AS indicator, split_part(key, ':', 3) AS country, split_part(key, ':', 4) AS action, split_part(key, ':', 5) AS centre, split_part(key, ':', 6) AS period, split_part(key, ':', 7) AS year FROM unnest(keys) AS k (key) WHERE key LIKE 'baseline:%' OFFSET 0) k
    CROSS JOIN LATERAL (SELECT r.id FROM action_result r WHERE r.indicator_id = k.indicator::uuid AND r.country = k.country
        AND r.action_id IS NOT DISTINCT FROM nullif(k.action, '')::uuid
        AND r.centre_id IS NOT DISTINCT FROM nullif(k.centre, '')::uuid AND r.period_id IS NULL AND r.year = k.year::integer AND r.kind = 'baseline' AND (r.status = 'published'
        OR r.revision_of IS NULL AND r.status IN ('draft', 'submitted', 'approved', 'accepted')) LIMIT 1) r
$$;

REVOKE ALL ON FUNCTION action_result_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION action_result_matches(text[]) TO {role:actions};
