CREATE OR REPLACE FUNCTION action_support_request_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'support_request', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, kind AS category, 1 AS n FROM after) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'support_request', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, kind AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'support_request', visibility, status, country, category, sum(n) FROM (SELECT visibility, status, country, kind AS category, 1 AS n FROM after UNION ALL SELECT visibility, status, country, kind AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
$$;
