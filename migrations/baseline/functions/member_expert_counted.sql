CREATE OR REPLACE FUNCTION member_expert_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, fields AS tags, 1 AS n FROM after WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert_boundary', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, planetary_boundaries AS tags, 1 AS n FROM after WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, fields AS tags, -1 AS n FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert_boundary', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, planetary_boundaries AS tags, -1 AS n FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, fields AS tags, 1 AS n FROM after WHERE merged_into IS NULL UNION ALL SELECT visibility, status, country, category, fields AS tags, -1 AS n FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'expert_boundary', visibility, status, country, category, tags, sum(n)
        FROM (SELECT visibility, status, country, category, planetary_boundaries AS tags, 1 AS n FROM after WHERE merged_into IS NULL UNION ALL SELECT visibility, status, country, category, planetary_boundaries AS tags, -1 AS n FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
$$;
