"""What every table of the schema gets: grants by name, row-level security that denies by default, search beside it."""

from dataclasses import dataclass

from alembic import context, op

LOCK_TIMEOUT = "1s"
"""How long a migration, and whoever waits behind it, waits for a lock before it is tried again."""
_LIST = "((SELECT string_to_array(nullif(current_setting('escm.{name}', true), ''), ','))::text[])"


@dataclass(frozen=True, slots=True)
class Names:
    """Role names under the configured prefix."""

    prefix: str

    def role(self, name: str) -> str:
        return f"{self.prefix}_{name}"


def role(name: str) -> str:
    """The full name of a role, such as `escm_membership`."""
    names: Names = context.config.attributes["names"]
    return names.role(name)


def setting(name: str) -> str:
    """A context setting as text[], computed once per statement; NULL where it is not set, which matches no row."""
    return _LIST.format(name=name)


def run(sql: str) -> None:
    """Runs statements separated by lines that hold only `--;`."""
    for statement in sql.split("\n--;\n"):
        op.execute(statement)


def record_columns(states: str) -> str:
    """The columns that every record of a country has, for the head of its CREATE TABLE; `states` as in `a|b`."""
    return f"""
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('{"', '".join(states.split("|"))}')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{{2}}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,"""


def grant(table: str, privileges: str, *roles: str) -> None:
    """Grants privileges on one table or view to service roles."""
    op.execute(f"GRANT {privileges} ON {table} TO {', '.join(role(name) for name in roles)}")


def index_beside_writers(name: str, definition: str) -> None:
    """Builds an index while its table is written to; `definition` as in `member_expert (remark)`.

    It cannot be part of a transaction: make it the last thing of its migration. It waits for transactions that are
    older, and nobody for it. What a build that was cut off has left is built anew.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def reference_moves(prefix: str, owner: str) -> None:
    """The service's table of references that followed a merge, with what each named before and after, so that an undone
    merge gives back exactly that."""
    run(f"""
CREATE TABLE {prefix}_reference_move (
    loser_id uuid NOT NULL,
    winner_id uuid NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    field text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    before uuid[] NOT NULL,
    after uuid[] NOT NULL,
    PRIMARY KEY (loser_id, resource, record_id, field)
)
--;
CREATE INDEX {prefix}_reference_move_winner_idx ON {prefix}_reference_move (winner_id)
""")
    grant(f"{prefix}_reference_move", "SELECT, INSERT, DELETE", owner)


def country_scoped(table: str, owner: str, *, record: str = "id") -> None:
    """Row-level security of a table with `country` and `visibility`, and the owner's grants.

    Reading asks visibility, country or record (column `record`); writing asks whether the context writes everywhere, in
    the country or the record, never visibility.
    """
    readable = (
        f"visibility = ANY({setting('visibilities')}) OR country = ANY({setting('countries')})"
        f" OR {record}::text = ANY({setting('records')})"
    )
    writable = (
        "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
        f" OR country = ANY({setting('write_countries')}) OR {record}::text = ANY({setting('write_records')})"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({readable})")
    op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({writable})")
    op.execute(f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({writable}) WITH CHECK ({writable})")
    op.execute(f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({writable})")
    grant(table, "SELECT, INSERT, UPDATE, DELETE", owner)


def reference_numbers(table: str, prefix: str, owner: str) -> None:
    """The sequence and default of `ref`: `CTR-000045`. The sequence is over all countries; gaps are allowed."""
    op.execute(f"CREATE SEQUENCE {table}_ref_seq")
    op.execute(f"ALTER TABLE {table} ALTER COLUMN ref SET DEFAULT core_ref('{prefix}', nextval('{table}_ref_seq'))")
    op.execute(f"GRANT USAGE ON SEQUENCE {table}_ref_seq TO {role(owner)}")


def searchable(table: str, columns: str) -> None:
    """Lets `escm_search` read these columns of every row: its functions apply the context's walls themselves."""
    op.execute(f"CREATE POLICY {table}_search ON {table} FOR SELECT TO {role('search')} USING (true)")
    op.execute(f"GRANT SELECT ({columns}) ON {table} TO {role('search')}")


def searching(signature: str, owner: str) -> None:
    """Makes a SECURITY DEFINER function read as `escm_search`, and lets only its service call it."""
    searcher = role("search")
    op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {role(owner)}")
    op.execute(f"GRANT CREATE ON SCHEMA escm TO {searcher}")
    op.execute(f"ALTER FUNCTION {signature} OWNER TO {searcher}")
    op.execute(f"REVOKE CREATE ON SCHEMA escm FROM {searcher}")


def admitted(alias: str) -> str:
    """The reading policy of `country_scoped` as a condition on a row, for functions of `escm_search`."""
    return (
        f"({alias}.visibility = ANY({setting('visibilities')}) OR {alias}.country = ANY({setting('countries')})"
        f" OR {alias}.id::text = ANY({setting('records')}))"
    )


def name_search(table: str, owner: str) -> None:
    """`<table>_search(pattern, context)`: ids of rows whose `search_key` is LIKE the pattern, at most 2,000, and
    whether there are more.

    LIKE is not leakproof, so a policy would keep the trigram index from being used. The function reads as
    `escm_search` and applies the context's visibilities, countries and records itself. It takes the context as an
    argument so that it cannot run before it is set.
    """
    searchable(table, "id, visibility, country, search_key")
    op.execute(f"""
CREATE FUNCTION {table}_search(pattern text, context text) RETURNS TABLE (ids uuid[], more boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp AS $$
    SELECT (array_agg(hit.id))[1:2000], count(*) > 2000
    FROM (
        SELECT e.id FROM {table} e
        WHERE context IS NOT NULL AND e.search_key LIKE pattern AND {admitted("e")}
        LIMIT 2001
    ) hit
$$
""")  # noqa: S608
    searching(f"{table}_search(text, text)", owner)


RECORD = "id ref version status country visibility created_at created_by updated_at updated_by"
"""The columns of `record_columns`."""


def told(columns: str) -> str:
    """A row as JSON with these columns, which are separated by spaces, as an export of everything about a person tells
    it. What ends with `_at` is an instant."""
    pairs = ", ".join(f"'{name}', {_value(name)}" for name in columns.split())
    return f"jsonb_build_object({pairs})"


def instant(value: str) -> str:
    """An instant as the API writes it."""
    return f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _value(name: str) -> str:
    return instant(name) if name.endswith("_at") else name
