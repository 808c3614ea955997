"""What migrations say of every table: grants by name, row-level security that denies by default, search around it.

This module is frozen like the migrations that call it: it never changes, so that each of them always makes the same
database. What a later migration needs otherwise goes into a module of its own. Nothing here imports code of the system.
"""

from alembic import context, op

RECORD = "id ref version status country visibility created_at created_by updated_at updated_by"
"""The columns of `record_columns`."""
_LIST = "((SELECT string_to_array(nullif(current_setting('escm.{name}', true), ''), ','))::text[])"


def role(name: str) -> str:
    """The full name of a role, such as `escm_membership`."""
    return f"{context.config.attributes['role_prefix']}_{name}"


def setting(name: str) -> str:
    """A setting of the context as text[], computed once per statement; NULL where it is not set, which matches none."""
    return _LIST.format(name=name)


def run(sql: str) -> None:
    """Runs statements separated by lines that hold only `--;`."""
    for statement in sql.split("\n--;\n"):
        op.execute(statement)


def grant(table: str, privileges: str, *roles: str) -> None:
    """Grants privileges on one table or view to service roles."""
    op.execute(f"GRANT {privileges} ON {table} TO {', '.join(role(name) for name in roles)}")


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


def reference_numbers(table: str, prefix: str, owner: str) -> None:
    """The sequence and default of `ref`: `CTR-000045`. The sequence is over all countries; gaps are allowed."""
    op.execute(f"CREATE SEQUENCE {table}_ref_seq")
    op.execute(f"ALTER TABLE {table} ALTER COLUMN ref SET DEFAULT core_ref('{prefix}', nextval('{table}_ref_seq'))")
    op.execute(f"GRANT USAGE ON SEQUENCE {table}_ref_seq TO {role(owner)}")


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


def readable_row(alias: str) -> str:
    """The reading policy of `country_scoped` as a condition on a row, for functions of `escm_search`."""
    return (
        f"({alias}.visibility = ANY({setting('visibilities')}) OR {alias}.country = ANY({setting('countries')})"
        f" OR {alias}.id::text = ANY({setting('records')}))"
    )


def searchable(table: str, columns: str) -> None:
    """Lets `escm_search` read these columns of every row: its functions apply the reading policy themselves."""
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


def name_search(table: str, owner: str) -> None:
    """`<table>_search(pattern, context)`: ids of rows whose `search_key` is LIKE the pattern, at most 2,000, and
    whether there are more. `searchable` has let it read `id`, `visibility`, `country` and `search_key`.

    LIKE is not leakproof, so a policy would keep the trigram index from being used. The function reads as
    `escm_search` and applies the context's visibilities, countries and records itself. It takes the context as an
    argument so that it cannot run before it is set.
    """
    op.execute(f"""
CREATE FUNCTION {table}_search(pattern text, context text) RETURNS TABLE (ids uuid[], more boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp AS $$
    SELECT (array_agg(hit.id))[1:2000], count(*) > 2000
    FROM (
        SELECT e.id FROM {table} e
        WHERE context IS NOT NULL AND e.search_key LIKE pattern AND {readable_row("e")}
        LIMIT 2001
    ) hit
$$
""")  # noqa: S608
    searching(f"{table}_search(text, text)", owner)


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


def counted(table: str, body: str) -> None:
    """Triggers that append to `core_count_delta` what a whole statement changes, so that an import or COPY of many rows
    appends one row for each cell. `body` is that of their function, which reads the rows as `before` and `after`."""
    run(f"""
CREATE FUNCTION {table}_counted() RETURNS trigger LANGUAGE plpgsql AS $$
{body.strip()}
$$
--;
CREATE TRIGGER {table}_counted_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted()
--;
CREATE TRIGGER {table}_counted_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted()
--;
CREATE TRIGGER {table}_counted_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted()
""")


def json_of(columns: str) -> str:
    """A row as JSON with these columns, which are separated by spaces, for an export of everything about a person. What
    ends with `_at` is an instant."""
    pairs = ", ".join(f"'{name}', {_value(name)}" for name in columns.split())
    return f"jsonb_build_object({pairs})"


def instant(value: str) -> str:
    """An instant as the API writes it."""
    return f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _value(name: str) -> str:
    return instant(name) if name.endswith("_at") else name


def index_beside_writers(name: str, definition: str) -> None:
    """Builds an index while its table is written to; `definition` as in `member_expert (remark)`.

    It cannot be part of a transaction: make it the last thing of its migration. It waits for transactions that are
    older, and nobody for it. What a build that was cut off has left is built anew.
    """
    with op.get_context().autocommit_block():
        patience = op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar_one()
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
        op.execute(f"SET lock_timeout = '{patience}'")
