CREATE OR REPLACE FUNCTION member_expert_to_take_over(address text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT id FROM member_expert WHERE email_keys @> ARRAY[address] AND account_id IS NULL AND status IN ('prospect', 'invited', 'applied', 'info_requested', 'under_review', 'rejected', 'active', 'grace',
            'lapsed', 'suspended') AND merged_into IS NULL AND erased_at IS NULL
    ORDER BY id LIMIT 1
$$;

REVOKE ALL ON FUNCTION member_expert_to_take_over(address text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_to_take_over(text) TO {role:membership};
ALTER FUNCTION member_expert_to_take_over(text) OWNER TO {role:search};
