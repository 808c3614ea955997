CREATE OR REPLACE FUNCTION core_audit_retire(years integer) RETURNS TABLE(last bigint, last_hash bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $_$
DECLARE
    bound timestamp := date_trunc('month', now() AT TIME ZONE 'UTC' - years * interval '1 year');
    oldest text;
    after timestamptz;
BEGIN
    SELECT min(relname) INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'core_audit'::regclass AND relname ~ '^core_audit_\d{8}$'
        AND relname < 'core_audit_' || to_char(bound, 'YYYYMMDD');
    IF oldest IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('DROP TABLE %I', oldest);
    after := (to_date(right(oldest, 8), 'YYYYMMDD') + interval '1 month') AT TIME ZONE 'UTC';
    DELETE FROM core_audit_key k WHERE k.id < core_audit_first(after - interval '1 day');
    SELECT l.position, l.hash INTO last, last_hash FROM core_audit_link l
    WHERE l.entry < core_audit_first(after) ORDER BY l.position DESC LIMIT 1;
    IF last IS NOT NULL THEN
        DELETE FROM core_audit_link l WHERE l.position <= last;
        DELETE FROM core_audit_checkpoint c WHERE c.position < last;
        RETURN NEXT;
    END IF;
END $_$;

REVOKE ALL ON FUNCTION core_audit_retire(years integer) FROM PUBLIC;
GRANT ALL ON FUNCTION core_audit_retire(integer) TO {role:relay};
