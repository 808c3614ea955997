CREATE OR REPLACE FUNCTION member_duplicate_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    UPDATE member_duplicate SET country_a = NEW.country, country = CASE WHEN country_b = NEW.country THEN country_b END
    WHERE a = NEW.id;
    UPDATE member_duplicate SET country_b = NEW.country, country = CASE WHEN country_a = NEW.country THEN country_a END
    WHERE b = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER member_expert_pairs_follow AFTER UPDATE OF country ON member_expert FOR EACH ROW WHEN (old.country IS DISTINCT FROM new.country) EXECUTE FUNCTION member_duplicate_follow();
CREATE TRIGGER member_institution_pairs_follow AFTER UPDATE OF country ON member_institution FOR EACH ROW WHEN (old.country IS DISTINCT FROM new.country) EXECUTE FUNCTION member_duplicate_follow();

REVOKE ALL ON FUNCTION member_duplicate_follow() FROM PUBLIC;
GRANT ALL ON FUNCTION member_duplicate_follow() TO {role:membership};
ALTER FUNCTION member_duplicate_follow() OWNER TO {role:search};
