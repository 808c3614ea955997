"""Good rows of an import are written from the file without a stage between. The table keeps the failed ones and, of a
dry run while it goes on, those that led to a record, which is found as its latest batch left it.

The columns of the stage stay for workers of the previous release, whose imports fill them.
"""

from migrations.rules import run

revision = "core_0019"
down_revision = "core_0018"

_STAGE = ("record", "occurrence", "keys")
_ROWS = "COMMENT ON TABLE core_import_row IS '{}'"
_COUNT = "COMMENT ON COLUMN core_import.row_count IS 'set once the whole file is {}'"


def upgrade() -> None:
    dropped = ", ".join(f"ALTER {column} DROP NOT NULL" for column in _STAGE)
    run(f"ALTER TABLE core_import_row {dropped}, RESET (autovacuum_vacuum_insert_threshold)")
    run("CREATE INDEX core_import_row_record_idx ON core_import_row (import, record) WHERE problem IS NULL")
    run(_COUNT.format("looked through"))
    run(_ROWS.format("rows that failed and, while a dry run goes on, those that led to a record"))


def downgrade() -> None:
    run("DROP INDEX core_import_row_record_idx")
    run("DELETE FROM core_import_row WHERE problem IS NULL")
    run("UPDATE core_import_row SET record = coalesce(record, uuidv7()), occurrence = 1, keys = coalesce(keys, '{}')")
    needed = ", ".join(f"ALTER {column} SET NOT NULL" for column in _STAGE)
    run(f"ALTER TABLE core_import_row {needed}, SET (autovacuum_vacuum_insert_threshold = -1)")
    run(_COUNT.format("staged"))
    run(_ROWS.format("the stage: rows that were read and judged; those that failed stay for the list of failures"))
