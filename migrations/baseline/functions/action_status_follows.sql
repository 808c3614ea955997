CREATE OR REPLACE FUNCTION action_status_follows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    centre uuid;
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'DELETE' THEN
        DELETE FROM action_status_history WHERE record_id = OLD.id;
    ELSE
        IF TG_TABLE_NAME = 'action_result' THEN
            centre := NEW.centre_id;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            UPDATE action_status_history SET country = NEW.country, visibility = NEW.visibility, centre_id = centre
            WHERE record_id = NEW.id
                AND (country, visibility, centre_id) IS DISTINCT FROM (NEW.country, NEW.visibility, centre);
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.status <> OLD.status THEN
            DELETE FROM action_status_history WHERE record_id = NEW.id AND valid_from >= NEW.updated_at;
            UPDATE action_status_history SET valid_to = NEW.updated_at
            WHERE record_id = NEW.id AND (valid_to IS NULL OR valid_to > NEW.updated_at);
        END IF;
        IF NEW.status NOT IN ('draft', 'planned', 'exploring') AND (TG_OP = 'INSERT' OR NEW.status <> OLD.status) THEN
            INSERT INTO action_status_history (record_id, valid_from, status, country, visibility, centre_id)
            VALUES (NEW.id, NEW.updated_at, NEW.status, NEW.country, NEW.visibility, centre);
        END IF;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
