CREATE OR REPLACE FUNCTION core_audit_make_partitions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    FOR n IN 0..3 LOOP
        PERFORM core_audit_partition(date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month');
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION core_audit_make_partitions() FROM PUBLIC;
GRANT ALL ON FUNCTION core_audit_make_partitions() TO {role:relay};
