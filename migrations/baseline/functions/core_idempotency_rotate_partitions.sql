CREATE OR REPLACE FUNCTION core_idempotency_rotate_partitions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    part record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('core_idempotency_rotate_partitions'));
    FOR n IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF core_idempotency FOR VALUES FROM (%L) TO (%L)',
            'core_idempotency_' || to_char(today + n, 'YYYYMMDD'), today + n, today + n + 1);
    END LOOP;
    FOR part IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'core_idempotency'::regclass
          AND relname < 'core_idempotency_' || to_char(today - 3, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION core_idempotency_rotate_partitions() FROM PUBLIC;
GRANT ALL ON FUNCTION core_idempotency_rotate_partitions() TO {role:membership}, {role:centres}, {role:actions}, {role:access}, {role:relay};
