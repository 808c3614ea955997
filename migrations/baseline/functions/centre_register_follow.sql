CREATE OR REPLACE FUNCTION centre_register_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM centre_register_enter(OLD, (greatest(OLD.updated_at, now()) AT TIME ZONE 'UTC')::date, true);
    ELSE
        PERFORM centre_register_enter(NEW, (NEW.updated_at AT TIME ZONE 'UTC')::date, false);
    END IF;
    RETURN NULL;
END
$$;
