CREATE OR REPLACE FUNCTION core_idempotency_open(wanted bytea, lock bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) OR EXISTS (
        SELECT FROM core_idempotency k
        WHERE k.scope = wanted AND k.day BETWEEN today - 3 AND today AND k.created_at > now() - interval '72 hours')
    THEN
        RAISE 'the key is held, or has an answer' USING ERRCODE = 'EK001';
    END IF;
END $$;

REVOKE ALL ON FUNCTION core_idempotency_open(wanted bytea, lock bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION core_idempotency_open(bytea, bigint) TO {role:membership}, {role:centres}, {role:actions}, {role:access};
