CREATE OR REPLACE FUNCTION action_tags_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
        SELECT DISTINCT NEW.id, TG_ARGV[0], tag ->> 'scheme', tag ->> 'code', NEW.status, NEW.country, NEW.visibility
        FROM jsonb_array_elements(NEW.tags) tag;
    END IF;
    RETURN NULL;
END
$$;
