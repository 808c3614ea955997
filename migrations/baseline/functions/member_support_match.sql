CREATE OR REPLACE FUNCTION member_support_match() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    IF NEW.raw = OLD.raw THEN
        UPDATE member_support SET organisation_id = NEW.institution_id WHERE affiliation = NEW.id;
    ELSE
        UPDATE member_support SET affiliation = NULL WHERE affiliation = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER member_affiliation_supports_match AFTER UPDATE OF institution_id, raw ON member_affiliation FOR EACH ROW WHEN ((old.institution_id IS DISTINCT FROM new.institution_id) OR (old.raw IS DISTINCT FROM new.raw)) EXECUTE FUNCTION member_support_match();

REVOKE ALL ON FUNCTION member_support_match() FROM PUBLIC;
GRANT ALL ON FUNCTION member_support_match() TO {role:membership};
ALTER FUNCTION member_support_match() OWNER TO {role:search};
