CREATE OR REPLACE FUNCTION member_nomination_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    UPDATE member_nomination SET country = NEW.country WHERE expert_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER member_expert_nominations_follow AFTER UPDATE OF country ON member_expert FOR EACH ROW WHEN (old.country IS DISTINCT FROM new.country) EXECUTE FUNCTION member_nomination_follow();

REVOKE ALL ON FUNCTION member_nomination_follow() FROM PUBLIC;
GRANT ALL ON FUNCTION member_nomination_follow() TO {role:membership};
ALTER FUNCTION member_nomination_follow() OWNER TO {role:search};
