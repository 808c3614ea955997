CREATE OR REPLACE FUNCTION action_assessment_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n) SELECT 'assessment', visibility, status, country, category, sum(n) FROM (SELECT a.visibility, a.status, a.country, p.framework || ' ' || a.subject_kind || ' ' || a.completion || ' ' || p.code AS category, 1 AS n
            FROM after a JOIN escm.action_period p ON p.id = a.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n) SELECT 'assessment', visibility, status, country, category, sum(n) FROM (SELECT a.visibility, a.status, a.country, p.framework || ' ' || a.subject_kind || ' ' || a.completion || ' ' || p.code AS category, -1 AS n
            FROM before a JOIN escm.action_period p ON p.id = a.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n) SELECT 'assessment', visibility, status, country, category, sum(n) FROM (SELECT a.visibility, a.status, a.country, p.framework || ' ' || a.subject_kind || ' ' || a.completion || ' ' || p.code AS category, 1 AS n
            FROM after a JOIN escm.action_period p ON p.id = a.period_id UNION ALL SELECT a.visibility, a.status, a.country, p.framework || ' ' || a.subject_kind || ' ' || a.completion || ' ' || p.code AS category, -1 AS n
            FROM before a JOIN escm.action_period p ON p.id = a.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
