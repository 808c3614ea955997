"""What an import writes for every row no longer looks its import up each time: the fence of the row's batch does once."""

from migrations.rules import run

revision = "core_0007"
down_revision = "membership_0009"

_KEYS = (
    ("core_import_row", "import"),
    ("core_import_identity", "import"),
    ("core_import_identity", "changed_by"),
    ("core_import_effect", "import"),
)


def upgrade() -> None:
    for table, column in _KEYS:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey")


def downgrade() -> None:
    for table, column in _KEYS:
        run(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey"
            f" FOREIGN KEY ({column}) REFERENCES core_import (id)"
        )
