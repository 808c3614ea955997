"""Imports and exports of XLSX."""

from migrations.rules import run

revision = "core_0008"
down_revision = "core_0007"

_COLUMNS = (("core_import", "media"), ("core_export", "format"))


def upgrade() -> None:
    _admit("csv", "ndjson", "xlsx")


def downgrade() -> None:
    run("DELETE FROM core_export WHERE format = 'xlsx'")
    run("UPDATE core_import SET media = 'csv' WHERE media = 'xlsx'")
    _admit("csv", "ndjson")


def _admit(*formats: str) -> None:
    words = ", ".join(f"'{one}'" for one in formats)
    for table, column in _COLUMNS:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check")
        run(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_check CHECK ({column} IN ({words}))")
