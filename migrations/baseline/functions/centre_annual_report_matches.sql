CREATE OR REPLACE FUNCTION centre_annual_report_matches(keys text[]) RETURNS TABLE(key text, record uuid, writable boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, split_part(key, ':', 2) AS centre, split_part(key, ':', 3) AS year
        FROM unnest(keys) AS k (key) WHERE key LIKE 'report:%' OFFSET 0) k
    JOIN centre_annual_report r ON r.centre_id = k.centre::uuid AND r.year = k.year::integer AND r.kind = 'annual'
$$;

REVOKE ALL ON FUNCTION centre_annual_report_matches(keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_annual_report_matches(text[]) TO {role:centres};
