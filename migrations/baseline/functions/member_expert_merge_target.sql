CREATE OR REPLACE FUNCTION member_expert_merge_target(loser uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    WITH RECURSIVE chain AS (
        SELECT r.id, r.merged_into FROM member_expert r WHERE r.id = loser
        UNION SELECT r.id, r.merged_into FROM chain JOIN member_expert r ON r.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$;

REVOKE ALL ON FUNCTION member_expert_merge_target(loser uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_merge_target(uuid) TO {role:membership};
ALTER FUNCTION member_expert_merge_target(uuid) OWNER TO {role:search};
