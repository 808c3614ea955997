CREATE OR REPLACE FUNCTION member_institution_names(merge_target uuid) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    WITH RECURSIVE part AS (
        SELECT r.id, r.ror FROM member_institution r WHERE r.id = merge_target
        UNION SELECT r.id, r.ror FROM part JOIN member_institution r ON r.merged_into = part.id
    )
    SELECT coalesce(array_agg(name), '{}') FROM part, unnest(ARRAY[part.id::text, part.ror]) name
    WHERE name IS NOT NULL
$$;

REVOKE ALL ON FUNCTION member_institution_names(merge_target uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institution_names(uuid) TO {role:membership};

COMMENT ON FUNCTION member_institution_names(merge_target uuid) IS 'the ids and ROR ids of an institution and of all that were merged into it, in the access scope or not';

ALTER FUNCTION member_institution_names(uuid) OWNER TO {role:search};
