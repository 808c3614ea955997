CREATE OR REPLACE FUNCTION centre_register_enter(centre centre_centre, day date, is_gone boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    last_day date;
    last_changes jsonb;
    was jsonb;
    became jsonb;
    found jsonb;
BEGIN
    IF centre.registration_number IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('escm.visibilities', 'public', true);
    IF NOT is_gone AND centre.visibility = 'public' AND centre.status IN ('active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed') THEN
        became := centre_shown(centre);
    END IF;
    SELECT e.recorded_on, e.shown, e.changes INTO last_day, was, last_changes FROM centre_register_entry e
    WHERE e.country = centre.country AND e.registration_number = centre.registration_number
    ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
    IF became IS DISTINCT FROM was THEN
        IF was IS NULL AND last_changes -> 0 ->> 'change' IS DISTINCT FROM 'removed' THEN
            SELECT e.shown INTO was FROM centre_register_entry e
            WHERE e.country = centre.country AND e.registration_number = centre.registration_number
                AND e.shown IS NOT NULL
            ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
        END IF;
        found := centre_shown_changes(was, became);
        IF is_gone THEN
            found := jsonb_build_array(jsonb_build_object(
                'change', 'removed', 'from', was -> 'status', 'to', NULL, 'names', was -> 'names'));
        END IF;
        INSERT INTO centre_register_entry
            (centre_id, registration_number, country, visibility, status, recorded_on, shown, changes, note)
        VALUES (centre.id, centre.registration_number, centre.country, 'public', became ->> 'status',
            greatest(day, last_day), became, found,
            CASE WHEN found -> 0 ->> 'change' IN ('designated', 'renewed', 'suspended', 'reinstated', 'expired', 'closed') OR centre.noted_version = centre.version
                THEN centre.public_note END);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$;

REVOKE ALL ON FUNCTION centre_register_enter(centre centre_centre, day date, is_gone boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_register_enter(centre_centre, date, boolean) TO {role:centres};
ALTER FUNCTION centre_register_enter(centre_centre, date, boolean) OWNER TO {role:search};
