CREATE OR REPLACE FUNCTION action_action_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'action', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, r.pillar || ' ' || r.kind || ' ' || p.framework AS category, 1 AS n FROM after r JOIN escm.action_programme p ON p.id = r.programme_id) change
        GROUP BY visibility, status, country, category;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'action', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, r.pillar || ' ' || r.kind || ' ' || p.framework AS category, -1 AS n FROM before r JOIN escm.action_programme p ON p.id = r.programme_id) change
        GROUP BY visibility, status, country, category;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'action', visibility, status, country, category, sum(n) FROM (SELECT r.visibility, r.status, r.country, r.pillar || ' ' || r.kind || ' ' || p.framework AS category, 1 AS n FROM after r JOIN escm.action_programme p ON p.id = r.programme_id UNION ALL SELECT r.visibility, r.status, r.country, r.pillar || ' ' || r.kind || ' ' || p.framework AS category, -1 AS n FROM before r JOIN escm.action_programme p ON p.id = r.programme_id) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
