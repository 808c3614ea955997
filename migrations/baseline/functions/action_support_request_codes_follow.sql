CREATE OR REPLACE FUNCTION action_support_request_codes_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
        SELECT DISTINCT NEW.id, 'support_request', one ->> 'scheme', one ->> 'code', NEW.status, NEW.country,
            NEW.visibility
        FROM jsonb_array_elements(NEW.codes) one;
    END IF;
    RETURN NULL;
END
$$;
