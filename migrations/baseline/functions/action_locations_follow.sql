CREATE OR REPLACE FUNCTION action_locations_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_location WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
    INSERT INTO escm.action_location (id, position, name, subdivision, lat, lon, status, country, visibility)
    SELECT NEW.id, n, lower(place ->> 'name'), lower(place ->> 'subdivision'), (place ->> 'lat')::float8,
        (place ->> 'lon')::float8, NEW.status, NEW.country, NEW.visibility
    FROM jsonb_array_elements(NEW.locations) WITH ORDINALITY one (place, n);
    END IF;
    RETURN NULL;
END
$$;
