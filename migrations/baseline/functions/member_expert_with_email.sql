CREATE OR REPLACE FUNCTION member_expert_with_email(address text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT id FROM member_expert WHERE email_keys @> ARRAY[address]
$$;

REVOKE ALL ON FUNCTION member_expert_with_email(address text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_with_email(text) TO {role:membership};
ALTER FUNCTION member_expert_with_email(text) OWNER TO {role:search};
