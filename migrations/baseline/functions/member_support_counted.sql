CREATE OR REPLACE FUNCTION member_support_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'support', visibility, status, country, capacity, ARRAY[initiative_id::text], sum(n)
        FROM (SELECT visibility, status, country, capacity, initiative_id, 1 AS n FROM after) change
        GROUP BY visibility, status, country, capacity, initiative_id HAVING sum(n) <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'support', visibility, status, country, capacity, ARRAY[initiative_id::text], sum(n)
        FROM (SELECT visibility, status, country, capacity, initiative_id, -1 AS n FROM before) change
        GROUP BY visibility, status, country, capacity, initiative_id HAVING sum(n) <> 0;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'support', visibility, status, country, capacity, ARRAY[initiative_id::text], sum(n)
        FROM (SELECT visibility, status, country, capacity, initiative_id, 1 AS n FROM after UNION ALL SELECT visibility, status, country, capacity, initiative_id, -1 AS n FROM before) change
        GROUP BY visibility, status, country, capacity, initiative_id HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
$$;
