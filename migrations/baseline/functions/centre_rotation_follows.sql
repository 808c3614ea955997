CREATE OR REPLACE FUNCTION centre_rotation_follows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    IF TG_TABLE_NAME = 'centre_committee' THEN
        PERFORM centre_number_terms((to_jsonb(NEW) ->> 'id')::uuid);
    ELSE
        PERFORM centre_number_terms((to_jsonb(coalesce(NEW, OLD)) ->> 'committee_id')::uuid);
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION centre_rotation_follows() FROM PUBLIC;
