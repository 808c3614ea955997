"""Batches of imports take turns, and each turn has a number: one that was planned ahead sees whether another came
between."""

from migrations.rules import grant, run

revision = "core_0015"
down_revision = "access_0009"

_SERVICES = ("membership", "centres", "actions", "access")


def upgrade() -> None:
    run("CREATE TABLE core_import_turn (resource text PRIMARY KEY, number bigint NOT NULL)")
    run("COMMENT ON TABLE core_import_turn IS 'the batches that were written, locked by the one that is being written'")
    grant("core_import_turn", "SELECT, INSERT, UPDATE", *_SERVICES)


def downgrade() -> None:
    run("DROP TABLE core_import_turn")
