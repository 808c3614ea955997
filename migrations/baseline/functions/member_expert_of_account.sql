CREATE OR REPLACE FUNCTION member_expert_of_account(account uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT id FROM member_expert WHERE account_id = account AND status IN ('prospect', 'invited', 'applied', 'info_requested', 'under_review', 'rejected', 'active', 'grace',
            'lapsed', 'suspended') AND merged_into IS NULL AND erased_at IS NULL ORDER BY id LIMIT 1
$$;

REVOKE ALL ON FUNCTION member_expert_of_account(account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_of_account(uuid) TO {role:membership};
ALTER FUNCTION member_expert_of_account(uuid) OWNER TO {role:search};
