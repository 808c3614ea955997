"""A key is claimed by the very statement that opens the transaction: what has to be answered otherwise is an error."""

from migrations.rules import role, run

revision = "core_0009"
down_revision = "core_0008"

SERVICES = ("membership", "centres", "actions", "access")


def upgrade() -> None:
    run("""
CREATE FUNCTION core_idempotency_open(wanted bytea, lock bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = escm, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) OR EXISTS (
        SELECT FROM core_idempotency k
        WHERE k.scope = wanted AND k.day BETWEEN today - 3 AND today AND k.created_at > now() - interval '72 hours')
    THEN
        RAISE 'the key is held, or has an answer' USING ERRCODE = 'EK001';
    END IF;
END $$
--;
REVOKE EXECUTE ON FUNCTION core_idempotency_open(bytea, bigint) FROM PUBLIC
""")
    services = ", ".join(role(name) for name in SERVICES)
    run(f"GRANT EXECUTE ON FUNCTION core_idempotency_open(bytea, bigint) TO {services}")


def downgrade() -> None:
    run("DROP FUNCTION core_idempotency_open(bytea, bigint)")
