"""A fact tells the country that its record left, which hears of it too."""

from migrations.rules import run

revision = "core_0016"
down_revision = "core_0015"

_TABLES = ("core_outbox", "core_fact")


def upgrade() -> None:
    for table in _TABLES:
        run(f"ALTER TABLE {table} ADD COLUMN country_left text")


def downgrade() -> None:
    for table in _TABLES:
        run(f"ALTER TABLE {table} DROP COLUMN country_left")
