CREATE OR REPLACE FUNCTION member_expert_availability() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    UPDATE member_expert_value SET is_available = (NEW.status = 'active' AND NEW.available_for_support AND NEW.merged_into IS NULL AND NEW.erased_at IS NULL AND NEW.restricted_at IS NULL) WHERE expert_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER member_expert_availability AFTER UPDATE OF status, available_for_support, merged_into, erased_at, restricted_at ON member_expert FOR EACH ROW WHEN ((old.status = 'active' AND old.available_for_support AND old.merged_into IS NULL AND old.erased_at IS NULL AND old.restricted_at IS NULL) IS DISTINCT FROM (new.status = 'active' AND new.available_for_support AND new.merged_into IS NULL AND new.erased_at IS NULL AND new.restricted_at IS NULL)) EXECUTE FUNCTION member_expert_availability();

REVOKE ALL ON FUNCTION member_expert_availability() FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_availability() TO {role:membership};
ALTER FUNCTION member_expert_availability() OWNER TO {role:search};
