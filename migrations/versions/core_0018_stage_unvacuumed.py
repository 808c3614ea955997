"""The stage of an import is not vacuumed while it grows: its rows are deleted when the import ends."""

from migrations.rules import run

revision = "core_0018"
down_revision = "membership_0017"


def upgrade() -> None:
    run("ALTER TABLE core_import_row SET (autovacuum_vacuum_insert_threshold = -1)")


def downgrade() -> None:
    run("ALTER TABLE core_import_row RESET (autovacuum_vacuum_insert_threshold)")
