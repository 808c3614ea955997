"""The relay makes the partitions of kept answers ahead of time, and drops those that are over."""

from migrations.rules import role, run

revision = "core_0013"
down_revision = "access_0006"


def upgrade() -> None:
    run(f"GRANT EXECUTE ON FUNCTION core_idempotency_turn() TO {role('relay')}")
    run("SELECT core_idempotency_turn()")


def downgrade() -> None:
    run(f"REVOKE EXECUTE ON FUNCTION core_idempotency_turn() FROM {role('relay')}")
