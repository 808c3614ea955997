CREATE OR REPLACE FUNCTION member_expert_is_member(expert text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT FROM member_expert e
        WHERE e.id = CASE WHEN pg_input_is_valid(expert, 'uuid') THEN expert::uuid END
          AND e.status IN ('active', 'grace', 'lapsed')
    )
$$;

REVOKE ALL ON FUNCTION member_expert_is_member(expert text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_is_member(text) TO {role:membership}, {role:centres}, {role:actions}, {role:access};
ALTER FUNCTION member_expert_is_member(text) OWNER TO {role:search};
