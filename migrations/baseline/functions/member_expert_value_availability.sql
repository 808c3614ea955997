CREATE OR REPLACE FUNCTION member_expert_value_availability() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    UPDATE member_expert_value v SET is_available = true
    FROM added a JOIN member_expert e ON e.id = a.expert_id
    WHERE (e.status = 'active' AND e.available_for_support AND e.merged_into IS NULL AND e.erased_at IS NULL AND e.restricted_at IS NULL) AND v.expert_id = a.expert_id AND v.kind = a.kind AND v.value = a.value;
    RETURN NULL;
END
$$;

CREATE TRIGGER member_expert_value_availability AFTER INSERT ON member_expert_value REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION member_expert_value_availability();

REVOKE ALL ON FUNCTION member_expert_value_availability() FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_value_availability() TO {role:membership};
ALTER FUNCTION member_expert_value_availability() OWNER TO {role:search};
