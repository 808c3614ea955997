"""Counts that are kept: changes as they are appended, their sums by day, and the sums of all days."""

from migrations.rules import grant, run, setting

revision = "0005_counts"
down_revision = "0004_bulk"

_CELL = """
    kind text NOT NULL,
    visibility text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    category text NOT NULL,"""
_ORDER = "kind, visibility, status, country, category, tag"
_READER = f"visibility = ANY({setting('visibilities')}) OR country = ANY({setting('countries')})"
_WRITER = f"country = ANY({setting('write_countries')})"


def upgrade() -> None:
    """`core_count_fold` tells how often the sums were changed: together with what is pending it tells whether an answer
    still holds."""
    run(f"""
CREATE TABLE core_count_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,{_CELL}
    tags text[],
    n integer NOT NULL
)
--;
COMMENT ON COLUMN core_count_delta.tags IS 'values of which a record may have several; null where the kind has none'
--;
CREATE TABLE core_count_day ({_CELL}
    tag text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY ({_ORDER}, day)
)
--;
CREATE TABLE core_count ({_CELL}
    tag text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY ({_ORDER})
)
--;
COMMENT ON TABLE core_count IS 'the sums of core_count_day over all days'
--;
CREATE TABLE core_count_fold (number bigint PRIMARY KEY)
--;
INSERT INTO core_count_fold VALUES (0)
--;
CREATE POLICY core_count_delta_append ON core_count_delta FOR INSERT WITH CHECK (true)
--;
CREATE POLICY core_count_delta_fold ON core_count_delta FOR DELETE USING ({_WRITER})
""")
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({_READER})
""")
        grant(table, "SELECT", "actions")
    for table in ("core_count_day", "core_count"):
        run(f"""
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITER})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITER}) WITH CHECK ({_WRITER})
""")
        grant(table, "SELECT, INSERT, UPDATE", "membership")
    grant("core_count_delta", "SELECT, INSERT, DELETE", "membership")
    grant("core_count_delta", "SELECT, INSERT", "centres")
    grant("core_count_fold", "SELECT, UPDATE", "membership")


def downgrade() -> None:
    run("DROP TABLE core_count_fold, core_count, core_count_day, core_count_delta")
