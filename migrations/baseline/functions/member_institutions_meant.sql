CREATE OR REPLACE FUNCTION member_institutions_meant(named uuid[]) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT count(DISTINCT CASE WHEN i.merged_into IS NULL THEN n ELSE member_institution_merge_target(n) END)
    FROM unnest(named) n LEFT JOIN member_institution i ON i.id = n
$$;

REVOKE ALL ON FUNCTION member_institutions_meant(named uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institutions_meant(uuid[]) TO {role:membership};
ALTER FUNCTION member_institutions_meant(uuid[]) OWNER TO {role:search};
