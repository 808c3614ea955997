"""Functions that every table leans on."""

from migrations.rules import role, run

revision = "core_0001"
down_revision = None


def upgrade() -> None:
    run("""
CREATE FUNCTION core_ref(prefix text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN prefix || '-' || lpad(number::text, greatest(6, length(number::text)), '0')
""")
    everyone = ", ".join(role(name) for name in ("membership", "centres", "actions", "access", "relay"))
    run(f"GRANT EXECUTE ON FUNCTION core_ref(text, bigint) TO {everyone}")
    run(f"GRANT SELECT ON core_migration TO {everyone}")


def downgrade() -> None:
    run("DROP FUNCTION core_ref(text, bigint)")
