CREATE OR REPLACE FUNCTION action_participants_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_participant WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
    INSERT INTO escm.action_participant (id, institution_id, status, country, visibility)
    SELECT DISTINCT NEW.id, (one ->> 'institution_id')::uuid, NEW.status, NEW.country, NEW.visibility
    FROM jsonb_array_elements(NEW.participants) one;
    END IF;
    RETURN NULL;
END
$$;
