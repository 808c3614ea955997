CREATE OR REPLACE FUNCTION action_endorsement_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'endorsement', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after ) change
        GROUP BY visibility, status, country, category;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'endorsement', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, '' AS category, -1 AS n FROM before ) change
        GROUP BY visibility, status, country, category;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'endorsement', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after  UNION ALL SELECT visibility, status, country, '' AS category, -1 AS n FROM before ) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
