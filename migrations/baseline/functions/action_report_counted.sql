CREATE OR REPLACE FUNCTION action_report_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'report', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, p.framework || ' ' || p.code AS category, 1 AS n
            FROM after r JOIN escm.action_period p ON p.id = r.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'report', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, p.framework || ' ' || p.code AS category, -1 AS n
            FROM before r JOIN escm.action_period p ON p.id = r.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'report', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, p.framework || ' ' || p.code AS category, 1 AS n
            FROM after r JOIN escm.action_period p ON p.id = r.period_id UNION ALL SELECT r.visibility, r.status, r.country, p.framework || ' ' || p.code AS category, -1 AS n
            FROM before r JOIN escm.action_period p ON p.id = r.period_id) change GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
