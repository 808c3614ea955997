CREATE OR REPLACE FUNCTION centre_centre_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after) change
        GROUP BY visibility, status, country, category;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after
            UNION ALL SELECT visibility, status, country, '' AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
$$;
