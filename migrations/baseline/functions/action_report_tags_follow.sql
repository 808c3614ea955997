CREATE OR REPLACE FUNCTION action_report_tags_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE escm.action_tag SET status = NEW.status WHERE id = NEW.id;
    RETURN NULL;
END
$$;
