"""Answers kept under idempotency keys, in daily partitions that are dropped whole."""

from migrations.rules import role, run

revision = "core_0003"
down_revision = "core_0002"

SERVICES = ("membership", "centres", "actions", "access")


def upgrade() -> None:
    run("""
CREATE TABLE core_idempotency (
    day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    scope bytea NOT NULL,
    digest bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, day)
) PARTITION BY RANGE (day)
--;
CREATE FUNCTION core_idempotency_turn() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    part record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('core_idempotency_turn'));
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
END $$
--;
SELECT core_idempotency_turn()
--;
CREATE FUNCTION core_idempotency_claim(wanted bytea, lock bigint)
RETURNS TABLE (claimed boolean, digest bytea, status smallint, headers jsonb, body bytea)
LANGUAGE plpgsql VOLATILE SET search_path = escm, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) THEN
        RETURN QUERY SELECT false, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT true, k.digest, k.status, k.headers, k.body FROM core_idempotency k
        WHERE k.scope = wanted AND k.created_at > now() - interval '72 hours';
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
    END IF;
END $$
""")
    services = ", ".join(role(name) for name in SERVICES)
    run(f"GRANT SELECT, INSERT ON core_idempotency TO {services}")
    run("REVOKE EXECUTE ON FUNCTION core_idempotency_turn(), core_idempotency_claim(bytea, bigint) FROM PUBLIC")
    run(f"GRANT EXECUTE ON FUNCTION core_idempotency_turn(), core_idempotency_claim(bytea, bigint) TO {services}")


def downgrade() -> None:
    run("""
DROP TABLE core_idempotency
--;
DROP FUNCTION core_idempotency_turn()
--;
DROP FUNCTION core_idempotency_claim(bytea, bigint)
""")
