CREATE OR REPLACE FUNCTION member_institution_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, 1 AS n
            FROM after WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, -1 AS n
            FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, 1 AS n
            FROM after WHERE merged_into IS NULL
            UNION ALL SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, -1 AS n
            FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
$$;
