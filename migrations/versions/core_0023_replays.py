"""A stored answer remembers what its caller was allowed when it was given."""

from migrations.rules import role, run

revision = "core_0023"
down_revision = "access_0017"

SERVICES = ("membership", "centres", "actions", "access")
_CLAIM = """
DROP FUNCTION core_idempotency_claim(bytea, bigint)
--;
CREATE FUNCTION core_idempotency_claim(wanted bytea, lock bigint)
RETURNS TABLE (claimed boolean, digest bytea,{column} status smallint, headers jsonb, body bytea)
LANGUAGE plpgsql VOLATILE SET search_path = escm, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) THEN
        RETURN QUERY SELECT false, NULL::bytea,{nothing} NULL::smallint, NULL::jsonb, NULL::bytea;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT true, k.digest,{value} k.status, k.headers, k.body FROM core_idempotency k
        WHERE k.scope = wanted AND k.created_at > now() - interval '72 hours';
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::bytea,{nothing} NULL::smallint, NULL::jsonb, NULL::bytea;
    END IF;
END $$
--;
REVOKE EXECUTE ON FUNCTION core_idempotency_claim(bytea, bigint) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION core_idempotency_claim(bytea, bigint) TO {services}
"""


def upgrade() -> None:
    run("ALTER TABLE core_idempotency ADD COLUMN authority bytea")
    run(_CLAIM.format(column=" authority bytea,", nothing=" NULL::bytea,", value=" k.authority,", services=_services()))


def downgrade() -> None:
    run(_CLAIM.format(column="", nothing="", value="", services=_services()))
    run("ALTER TABLE core_idempotency DROP COLUMN authority")


def _services() -> str:
    return ", ".join(role(name) for name in SERVICES)
