CREATE OR REPLACE FUNCTION member_certificate_place() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    first integer := nextval('member_certificate_place_seq') / 65536 * 131072;
    place integer;
BEGIN
    LOOP
        place := first + floor(random() * 131072);
        IF pg_try_advisory_xact_lock(hashtext('member_certificate_place'), place)
            AND NOT EXISTS (SELECT FROM member_certificate c WHERE c.status_index = place) THEN
            RETURN place;
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION member_certificate_place() FROM PUBLIC;
GRANT ALL ON FUNCTION member_certificate_place() TO {role:membership};
ALTER FUNCTION member_certificate_place() OWNER TO {role:search};
