CREATE OR REPLACE FUNCTION core_idempotency_claim(wanted bytea, lock bigint) RETURNS TABLE(claimed boolean, digest bytea, authority bytea, status smallint, headers jsonb, body bytea)
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) THEN
        RETURN QUERY SELECT false, NULL::bytea, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT true, k.digest, k.authority, k.status, k.headers, k.body FROM core_idempotency k
        WHERE k.scope = wanted AND k.created_at > now() - interval '72 hours';
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::bytea, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
    END IF;
END $$;

REVOKE ALL ON FUNCTION core_idempotency_claim(wanted bytea, lock bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION core_idempotency_claim(bytea, bigint) TO {role:membership}, {role:centres}, {role:actions}, {role:access};
