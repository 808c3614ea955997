"""Good rows of an import are written from the file without a stage between. The table keeps the failed ones and, of a
dry run while it goes on, those that would have made a record.

The columns of the stage stay for workers of the previous release, whose imports fill them.
"""

from migrations.rules import run

revision = "core_0019"
down_revision = "core_0018"

_STAGE = ("record", "occurrence", "keys")
_COMMENT = "COMMENT ON TABLE core_import_row IS '{}'"


def upgrade() -> None:
    dropped = ", ".join(f"ALTER {column} DROP NOT NULL" for column in _STAGE)
    run(f"ALTER TABLE core_import_row {dropped}, RESET (autovacuum_vacuum_insert_threshold)")
    run(_COMMENT.format("rows that failed and, while a dry run goes on, those that would have made a record"))


def downgrade() -> None:
    run("DELETE FROM core_import_row WHERE problem IS NULL")
    run("UPDATE core_import_row SET record = coalesce(record, uuidv7()), occurrence = 1, keys = coalesce(keys, '{}')")
    needed = ", ".join(f"ALTER {column} SET NOT NULL" for column in _STAGE)
    run(f"ALTER TABLE core_import_row {needed}, SET (autovacuum_vacuum_insert_threshold = -1)")
    run(_COMMENT.format("the stage: rows that were read and judged; those that failed stay for the list of failures"))
