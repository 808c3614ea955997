"""Exports of everything about one person, as JSON."""

from migrations.rules import run

revision = "core_0020"
down_revision = "core_0019"


def upgrade() -> None:
    _admit("csv", "ndjson", "xlsx", "json")


def downgrade() -> None:
    run("DELETE FROM core_export WHERE format = 'json'")
    _admit("csv", "ndjson", "xlsx")


def _admit(*formats: str) -> None:
    words = ", ".join(f"'{one}'" for one in formats)
    run("ALTER TABLE core_export DROP CONSTRAINT core_export_format_check")
    run(f"ALTER TABLE core_export ADD CONSTRAINT core_export_format_check CHECK (format IN ({words}))")
