"""One transaction on one connection: a change, its audit entries and its facts are committed together."""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.database.context import INTERNAL, AccessContext
from shared.database.pool import Database, roll_back
from shared.database.statements import Connection
from shared.database.tables import COPIED
from shared.kernel.principal import SYSTEM, Principal

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_COPIED_FROM = 500
_ALLOW = (
    "SELECT set_config(n, concat_ws(',', nullif(current_setting(n, true), ''), $1::text), true)"
    " FROM unnest($2::text[]) n"
)
Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[Connection]]
"""Returns a connection for an operation that may need one: from a pool, or that of a unit of work."""
Part: TypeAlias = tuple[Table, tuple[str, ...], tuple[str, ...] | None]
"""A table, the columns of its rows, and those that differ between them; None for one row."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who caused a change, and by which request or job."""

    actor: Principal = SYSTEM
    request_id: str = ""
    traceparent: str | None = None
    bulk: bool = False


class UnitOfWork:
    """The open transaction. Operations use `connection` and `append`; only the edge commits.

    `scratch` holds objects that operations create once and share; `principals` are those whose grants or credentials
    it changes, so that caches of them end with its commit.
    """

    __slots__ = ("_appended", "_tables", "connection", "origin", "principals", "scratch")

    def __init__(self, connection: Connection, origin: Origin) -> None:
        self.connection = connection
        self.origin = origin
        self.scratch: dict[Hashable, Any] = {}
        self.principals: set[UUID] = set()
        self._appended: dict[Table, _Rows] = {}
        self._tables: set[Table] = set()

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """The unit of work's own connection, for functions that take a `Connect`."""
        return nullcontext(self.connection)

    def append(self, table: Table, **row: Any) -> None:
        """Buffers a row of an append-only table. All rows of one table must name the same columns, at least two."""
        self.append_row(table, row)

    def append_row(self, table: Table, row: Mapping[str, Any]) -> None:
        """Like `append`, for an existing mapping, which is not copied."""
        rows = self._appended.get(table)
        if rows is None:
            rows = self._appended[table] = _Rows(tuple(row))
            self._tables.add(table)
        rows.add(row)

    def appended(self, table: Table) -> bool:
        """Whether a row of this table was appended, flushed or not."""
        return table in self._tables

    async def allow_record(self, *records: object) -> None:
        """Lets row-level security write and read these records too, which a rule permits without a grant."""
        await self.connection.execute(_ALLOW, ",".join(map(str, records)), ["escm.records", "escm.write_records"])

    async def allow_internal(self) -> None:
        """Lets row-level security write and read internal rows, which a rule permits."""
        await self.connection.execute(_ALLOW, INTERNAL, ["escm.visibilities"])

    async def flush(self) -> None:
        """Inserts all buffered rows, usually in one statement. The edge calls it once, last before the commit."""
        shape: list[Part] = []
        arguments: list[Any] = []
        for table, rows in self._appended.items():
            if table.info[COPIED] and len(rows.rows) >= _COPIED_FROM:
                into = {"schema_name": table.schema, "columns": rows.names}
                await self.connection.copy_records_to_table(table.name, records=rows.rows, **into)
                continue
            columns = rows.columns()
            varying = _varying(columns)
            shape.append((table, tuple(columns), varying))
            arguments.extend(values if name in (varying or ()) else values[0] for name, values in columns.items())
        self._appended.clear()
        if shape:
            await self.connection.execute(_inserts(tuple(shape)), *arguments)


class _Rows:
    """Rows of one table as tuples of values, because a large import appends some 20,000 at once."""

    __slots__ = ("_values_of", "names", "rows")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._values_of = itemgetter(*names)
        self.rows: list[tuple[Any, ...]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        self.rows.append(self._values_of(row))

    def columns(self) -> dict[str, tuple[Any, ...]]:
        return dict(zip(self.names, zip(*self.rows, strict=True), strict=True))


def _varying(columns: dict[str, tuple[Any, ...]]) -> tuple[str, ...] | None:
    """The columns whose values differ, or the first if none does; None for one row."""
    first = next(iter(columns))
    if len(columns[first]) == 1:
        return None
    names = tuple(n for n, given in columns.items() if given[-1] != given[0] or given.count(given[0]) < len(given))
    return names or (first,)


@lru_cache(512)
def _inserts(shape: tuple[Part, ...]) -> str:
    """One statement for all tables: `VALUES` for one row; for more, `unnest` of the columns that vary."""
    parts: list[str] = []
    start = 1
    for table, names, varying in shape:
        marks = {
            name: f"${n}::{table.c[name].type.compile(dialect=_DIALECT)}{'[]' if name in (varying or ()) else ''}"
            for n, name in enumerate(names, start)
        }
        source = f"VALUES ({', '.join(marks.values())})"
        if varying is not None:
            arrays = ", ".join(marks[name] for name in varying)
            shown = ", ".join(name if name in varying else mark for name, mark in marks.items())
            source = f"SELECT {shown} FROM unnest({arrays}) AS many ({', '.join(varying)})"  # noqa: S608
        parts.append(f"INSERT INTO {table.fullname} ({', '.join(names)}) {source}")
        start += len(names)
    *first, last = parts
    ctes = ", ".join(f"i{n} AS ({part})" for n, part in enumerate(first))
    return f"WITH {ctes} {last}" if ctes else last


@asynccontextmanager
async def unit_of_work(
    database: Database, context: AccessContext, origin: Origin = Origin(), opening: str = ""
) -> AsyncIterator[UnitOfWork]:
    """A transaction under a context: committed if the block succeeds, rolled back if it raises. `opening` is trusted
    SQL that is sent with `BEGIN`; if it fails, the block does not run."""
    async with database.acquire() as connection:
        try:
            await connection.execute(";".join(part for part in ("BEGIN", context.set_local, opening) if part))
            uow = UnitOfWork(connection, origin)
            yield uow
            await uow.flush()
            await connection.execute("COMMIT")
        except BaseException:
            await roll_back(connection)
            raise
