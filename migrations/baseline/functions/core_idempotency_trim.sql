CREATE OR REPLACE FUNCTION core_idempotency_trim(most bigint, always interval, at_once integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $_$
DECLARE
    today text := 'core_idempotency_' || to_char((now() AT TIME ZONE 'UTC')::date, 'YYYYMMDD');
    size bigint := 0;
    part record;
    gone integer := 0;
BEGIN
    SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) INTO size
    FROM pg_inherits WHERE inhparent = 'core_idempotency'::regclass;
    FOR part IN
        SELECT relname, pg_total_relation_size(inhrelid) AS bytes FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'core_idempotency'::regclass AND relname < today ORDER BY relname
    LOOP
        EXIT WHEN size <= most;
        EXECUTE format('DROP TABLE %I', part.relname);
        size := size - part.bytes;
        gone := gone + 1;
    END LOOP;
    IF size > most AND to_regclass(today) IS NOT NULL THEN
        EXECUTE format('DELETE FROM %1$I WHERE ctid = ANY(ARRAY('
            'SELECT ctid FROM %1$I WHERE created_at < now() - $1 LIMIT $2))', today) USING always, at_once;
        GET DIAGNOSTICS at_once = ROW_COUNT;
        gone := gone + at_once;
    END IF;
    RETURN gone;
END $_$;

REVOKE ALL ON FUNCTION core_idempotency_trim(most bigint, always interval, at_once integer) FROM PUBLIC;
GRANT ALL ON FUNCTION core_idempotency_trim(bigint, interval, integer) TO {role:relay};
