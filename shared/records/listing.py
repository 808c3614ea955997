"""Lists: their parameters, and the statement of each combination. Keyset pages only."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Label,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    false,
    func,
    not_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.database.context import context, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.errors import invalid_parameter
from shared.kernel.geojson import Geometry
from shared.records.access_scope import AccessKind, AccessScope, covered
from shared.records.columns import as_read
from shared.records.filters import (
    Filter,
    ListRequest,
    Names,
    OneOf,
    countries,
    filter_arguments,
    fragment,
    instant,
    one_of,
    parsed,
    reference,
    region,
    truth,
    updated,
    values,
)

__all__ = [
    "COUNTED", "Extras", "Filter", "Item", "Listing", "OneOf", "countries", "fragment", "instant",
    "one_of", "reference", "region", "truth", "updated", "values",
]  # fmt: skip
"""Includes the filters, which every list imports from here."""

COUNTED = 2_000
"""Maximum number of records of a list that are counted exactly."""
LARGEST_PAGE = 200
_LIMIT: ColumnElement[int] = bindparam("limit", type_=BigInteger)


def _plain(names: Names, searched: bool) -> Names:
    """The filters that are conditions; without `q` if a search function finds it."""
    return tuple(name for name in names if name[0] != "q") if searched else names


@dataclass(frozen=True, slots=True)
class Extras:
    """Columns that `include` selects, shown under their labels. `of_caller` returns the values of their parameters for
    a caller. `computed` return a member by the ids of records, from a connection, access and a page's rows."""

    columns: Mapping[str, Label[Any]] = field(default_factory=dict)
    of_caller: Callable[[AccessScope], Mapping[str, Any]] = lambda _access: {}
    computed: Mapping[str, Callable[..., Awaitable[Mapping[UUID, Any]]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """How one record is read: from `base`, if it differs from that of the list, with `columns` in addition to those of
    the list."""

    base: Callable[[AccessKind], Select[Any]] | None = None
    columns: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)


class _Statements(NamedTuple):
    """What a list executes, by shape: one record, a page, the count up to a bound, and all rows for an estimate."""

    items: Shapes
    pages: Shapes
    counts: Shapes
    wholes: Shapes


@dataclass(frozen=True)
class Listing:
    """One list. `base` is the feature's `visible_to`; `sorts` are NOT NULL columns of it.

    `public_columns`, if given, are all that an anonymous caller's list reads in addition to its sort fields. `private`
    are fields visible only to grants that cover the record; filtering or sorting by one limits the list to those
    records. `search` names the function that finds ids by fragment without row-level security (for large tables);
    without it `q` is a plain condition. `place` is where a map shows the record of a row.
    `parameters_of` returns the parameters of `base` for a caller. Statements are
    built once per shape.
    """

    base: Callable[[AccessKind], Select[Any]]
    key: ColumnElement[Any]
    filters: Mapping[str, Filter]
    sorts: Mapping[str, ColumnElement[Any]]
    columns: Mapping[str, ColumnElement[Any]]
    public_columns: Mapping[str, ColumnElement[Any]] | None = None
    private: frozenset[str] = frozenset()
    search: str | None = None
    extras: Extras = Extras()
    item: Item = Item()
    place: Callable[[Row], Geometry | None] | None = None
    parameters_of: Callable[[AccessScope], Mapping[str, Any]] = lambda access: access.parameters

    @cached_property
    def _statements(self) -> _Statements:
        return _Statements(Shapes(self._item), Shapes(self.select), Shapes(self._count), Shapes(self._whole))

    def refuse_closed(self, access: AccessScope, names: Iterable[str], sort: str = "id") -> None:
        """Raises Malformed `invalid_parameter` for a filter or sort by a field that the caller sees in no record."""
        for name in names:
            chosen = self.filters[name]
            is_closed = chosen.token_needed and access.principal.is_anonymous
            if (
                is_closed
                or (chosen.grant_needed and not access.in_network)
                or self._is_closed(access, chosen.field or name)
            ):
                raise invalid_parameter(name, f"{name} is for callers whose grants include the field.")
        if self._is_closed(access, sort):
            raise invalid_parameter("sort", f"{sort} is for callers whose grants include the field.")

    def _is_closed(self, access: AccessScope, name: str) -> bool:
        return name in self.private and not access.read

    def _is_confined(self, names: Names, sort: str) -> bool:
        """Whether the list is limited to records whose filter and sort fields the caller sees."""
        asked = {sort, *(self.filters[name].field or name for name, _ in names)}
        return not asked.isdisjoint(self.private)

    async def get(self, connection: Connection, access: AccessScope, key: UUID | str, extra: str = "") -> Row | None:
        """One record by id or ref, as reads select it; None if the caller may not know of it. `extra` names one of
        `extras`."""
        statement = self._statements.items.get(access.access_kind, "id" if isinstance(key, UUID) else "ref", extra)
        arguments = {**self.parameters_of(access), **self._of_caller(access, extra)}
        return await statement.fetchrow(connection, key=key, **arguments)

    def _of_caller(self, access: AccessScope, extra: str) -> Mapping[str, Any]:
        return self.extras.of_caller(access) if extra else {}

    def _item(self, access_kind: AccessKind, by: str, extra: str) -> Select[Any]:
        known = (self.item.base or self.base)(access_kind)
        columns = {**self.columns, **self.item.columns}.values()
        found = known.with_only_columns(*(as_read(chosen) for chosen in columns))
        if extra:
            found = found.add_columns(self.extras.columns[extra])
        return within_context(found.where(self.columns[by] == bindparam("key")))

    async def fetch(
        self, connection: Connection, access: AccessScope, asked: ListRequest, extra: str = ""
    ) -> list[Row]:
        """The page's rows, and one more if there is a next page. `extra` names one of `extras`."""
        arguments, pages = self.arguments(asked, access, extra), self._statements.pages
        if self._is_searched(asked):
            found = await pages.get(access.access_kind, *asked.shape, extra, True).fetch(connection, **arguments)
            if not found[0]["search_more"]:
                return [] if found[0]["id"] is None else found
        return await pages.get(access.access_kind, *asked.shape, extra, False).fetch(connection, **arguments)

    async def estimate(self, connection: Connection, access: AccessScope, asked: ListRequest) -> int:
        """The number of records in all pages: exact up to 2,000, beyond that the planner's estimate, which is rough for
        `q`."""
        whole = replace(asked, after=None, limit=COUNTED)
        arguments, statements = self.arguments(whole, access), self._statements
        shape = access.access_kind, whole.shape[0], asked.sort
        found: int | None = None
        if self._is_searched(asked):
            found = await statements.counts.get(*shape, True).fetchval(connection, **arguments)
        if found is None:
            found = await statements.counts.get(*shape, False).fetchval(connection, **arguments)
        counted = int(found or 0)
        if counted <= COUNTED:
            return counted
        statement = statements.wholes.get(*shape)
        plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.sql}", *statement.arguments(arguments))
        return max(counted, int(plan[0]["Plan"]["Plan Rows"]))

    def _is_searched(self, asked: ListRequest) -> bool:
        return self.search is not None and "q" in asked.filters

    def arguments(self, asked: ListRequest, access: AccessScope, extra: str = "") -> dict[str, Any]:
        """Values for the conditions of access, the filters, the extra, the keyset and the limit."""
        arguments = {**self.parameters_of(access), **filter_arguments(asked.filters), **self._of_caller(access, extra)}
        for name in asked.filters:
            if (of_caller := self.filters[name].of_caller) is not None:
                arguments |= of_caller(access)
        if asked.after is not None:
            arguments |= {f"after_{n}": value for n, value in enumerate(asked.after)}
        return arguments | {"limit": asked.limit + 1}

    def select(
        self,
        access_kind: AccessKind,
        names: Names,
        sort: str,
        descending: bool,
        going_on: bool,
        extra: str,
        searched: bool,
    ) -> Select[Any]:
        """The list as one statement under the context of row-level security.

        Without a filter, the largest page is part of the text, for the planner.
        """
        query = self.ordered(access_kind, _plain(names, searched), sort, descending, going_on)
        if extra:
            query = query.add_columns(self.extras.columns[extra])
        if not names:
            return within_context(query.limit(LARGEST_PAGE + 1)).limit(_LIMIT)
        return self._among_hits(query.limit(_LIMIT)) if searched else within_context(query.limit(_LIMIT))

    def _among_hits(self, query: Select[Any]) -> Select[Any]:
        """The query's rows among the results of the search function; if these are too many, one row of nulls and
        `search_more`."""
        function = getattr(func.escm, str(self.search))
        hits = function(bindparam("f_q", type_=Text), context.c.c).table_valued(
            column("ids", ARRAY(Uuid)), column("more", Boolean)
        )
        hits = hits.lateral("hits")
        rows = query.where(not_(hits.c.more), self.key == any_(hits.c.ids)).lateral("r")
        joined = context.join(hits, true()).outerjoin(rows, true())
        return select(hits.c.more.label("search_more"), *rows.c).select_from(joined)

    def _count(self, access_kind: AccessKind, names: Names, sort: str, searched: bool) -> Select[Any]:
        """The number of rows, at most `limit`; null if the search finds too many."""
        matching = self.matching(access_kind, _plain(names, searched), sort)
        query = matching.with_only_columns(self.key).limit(_LIMIT)
        if not searched:
            return select(func.count()).select_from(within_context(query).subquery())
        found = self._among_hits(query).subquery()
        return select(case((not_(func.bool_or(found.c.search_more)), func.count(found.c[str(self.key.key)]))))

    def _whole(self, access_kind: AccessKind, names: Names, sort: str) -> Select[Any]:
        """All rows, for the planner's estimate."""
        return within_context(self.matching(access_kind, names, sort).with_only_columns(self.key))

    def matching(self, access_kind: AccessKind, names: Names, sort: str = "id") -> Select[Any]:
        """The rows that the filters find, in no order."""
        query = self.base(access_kind)
        if access_kind is not AccessKind.EVERYWHERE and self._is_confined(names, sort):
            is_anonymous = access_kind is AccessKind.ANONYMOUS
            query = query.where(false() if is_anonymous else covered(self.columns["country"], self.key))
        is_country = ("country", True) in names
        for name, is_single in names:
            query = query.where(self._condition(name, is_single, is_country))
        return query

    def ordered(
        self, access_kind: AccessKind, names: Names, sort: str, descending: bool, going_on: bool
    ) -> Select[Any]:
        """The rows in order without a limit, for pages and for streams."""
        columns = self.public_columns if access_kind is AccessKind.ANONYMOUS and self.public_columns else self.columns
        keys = [self.key] if sort == "id" else [self.sorts[sort], self.key]
        columns = {**columns, **{str(key.key): key for key in keys}}
        query = self.matching(access_kind, names, sort).with_only_columns(
            *(as_read(column) for column in columns.values())
        )
        if going_on:
            marks = [bindparam(f"after_{n}", type_=key.type) for n, key in enumerate(keys)]
            here, there = tuple_(*keys), tuple_(*marks)
            query = query.where(here < there if descending else here > there)
        return query.order_by(*(key.desc() if descending else key for key in keys))

    def _condition(self, name: str, is_single: bool, is_country: bool) -> ColumnElement[bool]:
        chosen = self.filters[name]
        if chosen.array and not is_single:
            return chosen.condition(any_(bindparam(f"f_{name}", type_=ARRAY(Text))))
        condition = chosen.in_country if is_country and chosen.in_country else chosen.condition
        return condition(bindparam(f"f_{name}"))

    def parse(self, name: str, raw: str) -> Any:
        """The value of a filter. Raises Malformed `invalid_parameter`."""
        return parsed(self.filters[name], raw)
