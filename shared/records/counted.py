"""Reading the stored counts of one kind of record that a caller may know."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Date, FromClause, Select, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.counts import cells
from shared.records.filters import Filter, bound, bound_values, countries, one_of, region, values
from shared.records.statistics import LARGEST, Cell, columns_of

Column: TypeAlias = Callable[[FromClause], ColumnElement[Any]]


def _category(rows: FromClause) -> ColumnElement[Any]:
    return rows.c.category


@dataclass(frozen=True, eq=False)
class Dimension:
    """What records are counted and filtered by, in addition to country, region and state.

    `check` returns a value or raises ValueError; `column` finds it in rows of counts. `is_tag`: a record has several
    values, and a filter takes one. `kind` are the stored counts that have it, if they are others. `is_filter`: nothing
    is counted by it. `listed_as` is the filter of the list, if its name differs.
    """

    name: str
    description: str
    check: Callable[[str], str]
    column: Column = _category
    is_tag: bool = False
    kind: str = ""
    is_filter: bool = False
    listed_as: str = ""

    def filter(self, rows: FromClause) -> Filter:
        """The filter of rows of counts."""
        column = self.column(rows)
        if self.is_tag:
            return Filter(self.name, self.description, self.check, lambda wanted: column == wanted)
        return values(self.name, column, f"{self.description}, separated by commas", self.check)


@dataclass(frozen=True, eq=False)
class Counted:
    """One kind of record that is counted.

    `kind` are its stored counts, `published` the states that are visible by visibility, `states` those to count and
    filter by. `only` is the single state that is counted, for every caller alike. `is_public`: callers without a token
    read the list.
    """

    resource: Resource
    kind: str
    published: Collection[str]
    states: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    only: str = ""
    is_public: bool = True

    @cached_property
    def by(self) -> tuple[str, ...]:
        """The dimensions, by name."""
        own = (each.name for each in self.dimensions if not each.is_filter)
        return ("country", "region", *(["status"] if self.states else []), *own)

    @cached_property
    def default_by(self) -> tuple[str, ...]:
        """The dimensions without a choice."""
        return ("country", "status") if self.states else ("country",)

    @cached_property
    def tags(self) -> frozenset[str]:
        """The dimensions and filters of which a record may have several values."""
        return frozenset(each.name for each in self.dimensions if each.is_tag)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns of its own dimensions."""
        return {each.name: each.column for each in self.dimensions}

    @cached_property
    def listed_as(self) -> Mapping[str, str]:
        """The filters that have another name in the list."""
        return {each.name: each.listed_as for each in self.dimensions if each.listed_as}

    @cached_property
    def parsers(self) -> Mapping[str, Filter]:
        """The filters by name, to parse values with."""
        return self.filters(cells("", tagged=False, dated=False))

    def kind_of(self, names: Collection[str]) -> str:
        """The stored counts with these dimensions and filters."""
        return next((each.kind for each in self.dimensions if each.kind and each.name in names), self.kind)

    def filters(self, rows: FromClause) -> Mapping[str, Filter]:
        """The filters of rows of counts, by name."""
        found = [countries(rows.c.country), region(rows.c.country)]
        if self.states:
            found.append(values("status", rows.c.status, "States, separated by commas", one_of(self.states)))
        return {each.name: each for each in (*found, *(own.filter(rows) for own in self.dimensions))}


def _select(
    counted: Counted, access_kind: AccessKind, by: tuple[str, ...], names: tuple[str, ...], dated: bool, stepped: bool
) -> Select[Any]:
    asked = frozenset((*by, *names))
    rows = cells(counted.kind_of(asked), tagged=not asked.isdisjoint(counted.tags), dated=dated)
    keys: dict[str, ColumnElement[Any]] = {
        name: counted.columns[name](rows).label(name) if name in counted.columns else rows.c[name] for name in by
    }
    if stepped:
        before = rows.c.day - literal_column("1")
        keys["point"] = func.width_bucket(before, bindparam("points", type_=ARRAY(Date))).label("point")
    query = select(*keys.values(), cast(func.sum(rows.c.n), BigInteger).label("count"))
    query = query.where(visible(rows, access_kind, counted.published))
    if counted.only:
        query = query.where(rows.c.status == constant(counted.only))
    filters = counted.filters(rows)
    query = query.where(*(bound(filters[name]) for name in names))
    query = query.group_by(*keys.values()).having(func.sum(rows.c.n) != 0).order_by(*keys.values())
    return within_context(query.limit(LARGEST + 1))


_COUNTS = Shapes(_select)


async def counts(
    connection: Connection,
    access: AccessScope,
    counted: Counted,
    by: Sequence[str],
    chosen: Mapping[str, Any],
    until: date | None,
    points: Sequence[date] = (),
) -> list[Cell]:
    """One cell for each value of `by`, in their order, with a count above 0; at most one more than a response holds.
    With `until`, as of the end of that day. An empty tag is that of records without any. With `points`, days in order
    up to `until`, the change until each since the previous one: its number is `point`, and the count may be below 0."""
    columns = columns_of(by)
    statement = _COUNTS.get(counted, access.access_kind, columns, tuple(chosen), until is not None, bool(points))
    values_of = {**bound_values(chosen), **access.parameters}
    rows = await statement.fetch(connection, until=until, points=list(points), **values_of)
    return [Cell({name: row[name] for name in columns}, row["count"], row["point"] if points else 0) for row in rows]
