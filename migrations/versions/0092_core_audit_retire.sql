CREATE OR REPLACE FUNCTION core_audit_retire(years integer, at_once integer DEFAULT 50000)
RETURNS TABLE (last bigint, last_hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    bound timestamp := date_trunc('month', now() AT TIME ZONE 'UTC' - years * interval '1 year');
    oldest text;
    following uuid;
    began timestamptz;
    ended timestamptz;
BEGIN
    SELECT min(relname) INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'core_audit'::regclass AND relname ~ '^core_audit_\d{8}$'
        AND relname < 'core_audit_' || to_char(bound, 'YYYYMMDD');
    IF oldest IS NULL THEN
        RETURN;
    END IF;
    following := core_audit_first((to_date(right(oldest, 8), 'YYYYMMDD') + interval '1 month') AT TIME ZONE 'UTC');
    SELECT max(position), min(at), max(at) INTO last, began, ended FROM (
        SELECT l.position, l.entry, uuid_extract_timestamp(l.entry) AS at FROM core_audit_link l
        WHERE l.position > coalesce((SELECT min(c.position) FROM core_audit_checkpoint c), 0)
        ORDER BY l.position LIMIT at_once) first WHERE entry < following;
    IF last IS NULL THEN
        SELECT l.position INTO last FROM core_audit_link l WHERE l.entry < following ORDER BY l.entry DESC LIMIT 1;
    END IF;
    IF last IS NOT NULL THEN
        SELECT l.hash INTO last_hash FROM core_audit_link l WHERE l.position = last;
        DELETE FROM core_audit_key WHERE id >= core_audit_first(began - interval '2 days')
            AND id < core_audit_first(ended - interval '1 day');
        DELETE FROM core_audit_link l WHERE l.position <= last;
        DELETE FROM core_audit_checkpoint c WHERE c.position < last;
        RETURN NEXT;
    END IF;
    PERFORM FROM core_audit_link l WHERE l.entry < following ORDER BY l.entry DESC LIMIT 1;
    IF NOT FOUND THEN
        EXECUTE format('DROP TABLE %I', oldest);
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION core_audit_retire(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core_audit_retire(integer, integer) TO {role:relay};
