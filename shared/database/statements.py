"""SQLAlchemy Core statements, compiled once, executed by asyncpg."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.selectable import _OffsetLimitParam

Row: TypeAlias = asyncpg.Record
Connection: TypeAlias = asyncpg.Connection
_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


class _Compiler(dialect.PGCompiler_asyncpg):
    """Writes a limit that the clause gives into the text. PostgreSQL takes a limit that it does not know for a tenth of
    the rows, and then often plans each execution anew."""

    def visit_bindparam(self, bindparam: Any, *of: Any, **kw: Any) -> str:
        if isinstance(bindparam, _OffsetLimitParam):
            kw["literal_binds"] = True
        return str(super().visit_bindparam(bindparam, *of, **kw))  # type: ignore[no-untyped-call]


_DIALECT.statement_compiler = _Compiler


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The SQL of a clause, the names of `$1, $2, …`, and the values of those that are not required."""

    sql: str
    order: Sequence[str]
    defaults: Mapping[str, Any]


class Statement:
    """A Core clause, compiled when it is first used: a process starts without compiling what it does not execute. Then
    it keeps the SQL alone, since a clause is some ten times as large.

    Parameters are `bindparam` names; literals inside the clause keep their values. A missing parameter is a KeyError.
    Values go to asyncpg unchanged (json columns take Python values, arrays take lists).
    """

    def __init__(self, clause: ClauseElement) -> None:
        self._clause = clause

    @property
    def sql(self) -> str:
        """The SQL, with the parameters `$1, $2, …`."""
        return self._compiled.sql

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = self._whole().compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        order = compiled.positiontup or ()  # type: ignore[attr-defined]
        required = {name for name, bind in compiled.binds.items() if bind.required}  # type: ignore[attr-defined]
        defaults = {name: value for name, value in compiled.params.items() if name not in required}
        del self._clause
        return _Compiled(str(compiled), order, defaults)

    def _whole(self) -> ClauseElement:
        """The clause to compile."""
        return self._clause

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order of `$1, $2, …`."""
        compiled = self._compiled
        defaults = compiled.defaults
        return [values[name] if name in values else defaults[name] for name in compiled.order]

    async def fetch(self, connection: Connection, **values: Any) -> list[Row]:
        """All rows."""
        rows: list[Row] = await connection.fetch(self.sql, *self.arguments(values))
        return rows

    async def fetchrow(self, connection: Connection, **values: Any) -> Row | None:
        """The first row or None."""
        return await connection.fetchrow(self.sql, *self.arguments(values))

    async def fetchval(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return await connection.fetchval(self.sql, *self.arguments(values))

    async def execute(self, connection: Connection, **values: Any) -> str:
        """Runs it and returns the command tag, such as `UPDATE 1`."""
        tag: str = await connection.execute(self.sql, *self.arguments(values))
        return tag


class PlannedOnce(Statement):
    """A statement of many parts, of which planning takes longer than running. PostgreSQL plans it once for all values
    of its parameters."""

    async def fetch(self, connection: Connection, **values: Any) -> list[Row]:
        if connection.is_in_transaction():
            rows = await self._fetch(connection, values)
            await connection.execute("SET LOCAL plan_cache_mode TO DEFAULT")
            return rows
        async with connection.transaction():
            return await self._fetch(connection, values)

    async def _fetch(self, connection: Connection, values: dict[str, Any]) -> list[Row]:
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        return await super().fetch(connection, **values)


class Shapes:
    """A bounded cache of statements by their shape (filters and sort), built on first use as instances of `kind`."""

    def __init__(
        self, build: Callable[..., ClauseElement], bound: int = 512, *, kind: type[Statement] = Statement
    ) -> None:
        self._build = build
        self._bound = bound
        self._kind = kind
        self._known: dict[Hashable, Statement] = {}

    def get(self, *shape: Hashable) -> Statement:
        """The statement of this shape. Beyond the bound, the oldest is dropped."""
        found = self._known.get(shape)
        if found is None:
            if len(self._known) >= self._bound:
                self._known.pop(next(iter(self._known)))
            found = self._known[shape] = self._kind(self._build(*shape))
        return found
