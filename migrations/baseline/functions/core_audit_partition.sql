CREATE OR REPLACE FUNCTION core_audit_partition(month timestamp without time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    first uuid := core_audit_first(month AT TIME ZONE 'UTC');
    after uuid := core_audit_first((month + interval '1 month') AT TIME ZONE 'UTC');
    name text := 'core_audit_' || to_char(month, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL AND NOT EXISTS (
        SELECT FROM core_audit_default WHERE id >= first AND id < after)
    THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF core_audit FOR VALUES FROM (%L) TO (%L)', name, first, after);
    END IF;
END $$;

REVOKE ALL ON FUNCTION core_audit_partition(month timestamp without time zone) FROM PUBLIC;
