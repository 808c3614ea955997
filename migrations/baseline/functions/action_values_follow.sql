CREATE OR REPLACE FUNCTION action_values_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM action_value WHERE id = OLD.id AND OLD.published_at IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO action_value (id, indicator_id, valid_from, starts, ends, period, country, visibility, key, part, valid_to, number, numerator, denominator, code, missing, action_id, centre_id) SELECT * FROM action_values_of(NEW);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$;
