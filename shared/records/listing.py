"""Lists: which parameters one takes, and the statement that each combination becomes. Keyset pages only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Boolean, Select, Text, Uuid, any_, bindparam, case, column, func, not_, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.database.context import context, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.countries import in_region, known_codes
from shared.kernel.errors import invalid_parameter
from shared.kernel.text import search_pattern
from shared.records.columns import as_read
from shared.records.sight import Sight, Variant

Names: TypeAlias = tuple[tuple[str, bool], ...]
"""The filters of a statement, each with whether it has one value."""
COUNTED = 2_000
"""So many records of a list are counted one by one."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter: `parse` raises ValueError, or answers the value of the bind parameter `f_<name>`.

    `condition` compares with what it is given. A filter with `array` parses to a list; it is given the one value where
    there is only one (an index can then serve the order too), else `ANY` of all. `of_caller` are further bind
    parameters of the condition, which follow from who asks. `in_country` is the condition on one value in a list of
    one country, where looking at each of the country's rows is cheaper than looking the value up for them.
    """

    name: str
    description: str
    parse: Callable[[str], Any]
    condition: Callable[[Any], ColumnElement[bool]]
    array: bool = False
    grant_needed: bool = False
    of_caller: Callable[[Sight], Mapping[str, Any]] | None = None
    in_country: Callable[[Any], ColumnElement[bool]] | None = None


def values(name: str, column: ColumnElement[Any], description: str, check: Callable[[str], str] = str) -> Filter:
    """A comma-separated list of values, of which the column holds one."""

    def parse(raw: str) -> list[str]:
        return [check(part) for part in raw.split(",") if part] or _refuse("is empty")

    return Filter(name, description, parse, lambda wanted: column == wanted, array=True)


def countries(column: ColumnElement[Any]) -> Filter:
    """`country=PK,KE`."""
    return values("country", column, "ISO 3166-1 alpha-2 codes, separated by commas", _known_country)


def region(column: ColumnElement[Any]) -> Filter:
    """`region=142` or `region=Asia`: a UN M49 region."""

    def parse(raw: str) -> list[str]:
        return sorted(in_region(raw)) or _refuse("is not a region of UN M49")

    return Filter("region", "A UN M49 region, by number or name", parse, lambda wanted: column == wanted, array=True)


def updated(column: ColumnElement[Any]) -> tuple[Filter, Filter]:
    """`updated_after` and `updated_before`, both strict."""
    return (
        Filter("updated_after", "Changed after this instant", instant, lambda bound: column > bound),
        Filter("updated_before", "Changed before this instant", instant, lambda bound: column < bound),
    )


def reference(name: str, column: ColumnElement[Any]) -> Filter:
    """The id of a related record."""
    return Filter(name, f"Records of this {name.removesuffix('_id')}", UUID, lambda bound: column == bound)


def instant(raw: str) -> datetime:
    """An RFC 3339 instant or day; without an offset it is UTC."""
    parsed = datetime.fromisoformat(raw.replace(" ", "+"))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def one_of(choices: Mapping[str, Any] | frozenset[str] | tuple[str, ...]) -> Callable[[str], str]:
    """A check for values of a closed list."""

    def check(raw: str) -> str:
        return raw if raw in choices else _refuse("is not one of " + ", ".join(sorted(choices)))

    return check


def _known_country(code: str) -> str:
    return code if code in known_codes(fictional=True) else _refuse("is not a known country")


def _is_single(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1


def _plain(names: Names, searched: bool) -> Names:
    """The filters that are conditions: without `q` where a search finds it."""
    return tuple(name for name in names if name[0] != "q") if searched else names


def _refuse(why: str) -> Any:
    raise ValueError(why)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A parsed list: values by filter name, sort field, direction, where to go on, how many."""

    filters: Mapping[str, Any]
    sort: str
    descending: bool
    limit: int
    after: tuple[Any, ...] | None = None

    @property
    def shape(self) -> tuple[Names, str, bool, bool]:
        """What the statement depends on: the filters, and which of them have one value, order and direction."""
        names = tuple((name, _is_single(value)) for name, value in self.filters.items())
        return names, self.sort, self.descending, self.after is not None


def fragment(key: ColumnElement[Any]) -> Filter:
    """`q=`: a fragment of a name over a folded search key, or the beginning of a word for one or two characters."""

    def parse(raw: str) -> str:
        return search_pattern(raw) or _refuse("holds nothing to search for")

    return Filter("q", "A fragment of a name, in any script; one or two characters begin a word", parse, key.like)


@dataclass(frozen=True)
class Listing:
    """What one list offers. `base` is the feature's `visible_to`; `sorts` are NOT NULL columns of it.

    `public_columns`, where given, are all that an anonymous caller's list reads beside what it is sorted by. `search`
    names the function that finds ids by fragment beside row-level security (for large tables); without it `q` is a
    plain condition. `extras` are columns that `include` asks for. Items are read from `item` (where it differs from
    `base`), with `item_columns` beside the columns of lists. Statements are built once per shape.
    """

    base: Callable[[Variant], Select[Any]]
    key: ColumnElement[Any]
    filters: Mapping[str, Filter]
    sorts: Mapping[str, ColumnElement[Any]]
    columns: Mapping[str, ColumnElement[Any]]
    public_columns: Mapping[str, ColumnElement[Any]] | None = None
    search: str | None = None
    extras: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    item: Callable[[Variant], Select[Any]] | None = None
    item_columns: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    _items: Shapes = field(init=False, compare=False)
    _shapes: Shapes = field(init=False, compare=False)
    _counts: Shapes = field(init=False, compare=False)
    _wholes: Shapes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shapes", Shapes(self.select))
        object.__setattr__(self, "_items", Shapes(self._item))
        object.__setattr__(self, "_counts", Shapes(self._count))
        object.__setattr__(self, "_wholes", Shapes(self._whole))

    async def get(self, connection: Connection, sight: Sight, key: UUID | str) -> Row | None:
        """One record by id or ref, as reads select it; None where the caller may not know of it."""
        statement = self._items.get(sight.variant, "id" if isinstance(key, UUID) else "ref")
        return await statement.fetchrow(connection, key=key, **sight.parameters)

    def _item(self, variant: Variant, by: str) -> Select[Any]:
        known = (self.item or self.base)(variant)
        columns = {**self.columns, **self.item_columns}.values()
        found = known.with_only_columns(*(as_read(chosen) for chosen in columns))
        return within_context(found.where(self.columns[by] == bindparam("key")))

    async def fetch(self, connection: Connection, sight: Sight, asked: ListRequest, extra: str = "") -> list[Row]:
        """The page's rows, and one more when there is a next page. `extra` names one of `extras`."""
        arguments = self.arguments(asked, sight)
        if self._is_searched(asked):
            found = await self._shapes.get(sight.variant, *asked.shape, extra, True).fetch(connection, **arguments)
            if not found[0]["search_more"]:
                return [] if found[0]["id"] is None else found
        return await self._shapes.get(sight.variant, *asked.shape, extra, False).fetch(connection, **arguments)

    async def estimate(self, connection: Connection, sight: Sight, asked: ListRequest) -> int:
        """How many records all pages have together: up to 2,000 counted, beyond that what the planner
        expects, which is rough for `q`."""
        whole = replace(asked, after=None, limit=COUNTED)
        arguments = self.arguments(whole, sight)
        shape = sight.variant, whole.shape[0]
        found: int | None = None
        if self._is_searched(asked):
            found = await self._counts.get(*shape, True).fetchval(connection, **arguments)
        if found is None:
            found = await self._counts.get(*shape, False).fetchval(connection, **arguments)
        counted = int(found or 0)
        if counted <= COUNTED:
            return counted
        statement = self._wholes.get(*shape)
        plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.sql}", *statement.arguments(arguments))
        return max(counted, int(plan[0]["Plan"]["Plan Rows"]))

    def _is_searched(self, asked: ListRequest) -> bool:
        return self.search is not None and "q" in asked.filters

    def arguments(self, asked: ListRequest, sight: Sight) -> dict[str, Any]:
        """Values for the walls, the filters, the keyset and the limit."""
        arguments = dict(sight.parameters)
        for name, value in asked.filters.items():
            arguments[f"f_{name}"] = value[0] if _is_single(value) else value
            if (of_caller := self.filters[name].of_caller) is not None:
                arguments |= of_caller(sight)
        if asked.after is not None:
            arguments |= {f"after_{n}": value for n, value in enumerate(asked.after)}
        return arguments | {"limit": asked.limit + 1}

    def select(
        self,
        variant: Variant,
        names: Names,
        sort: str,
        descending: bool,
        going_on: bool,
        extra: str,
        searched: bool,
    ) -> Select[Any]:
        """The list as one statement under the context of row-level security."""
        query = self.ordered(variant, _plain(names, searched), sort, descending, going_on).limit(bindparam("limit"))
        if extra:
            query = query.add_columns(self.extras[extra])
        return self._among_hits(query) if searched else within_context(query)

    def _among_hits(self, query: Select[Any]) -> Select[Any]:
        """The query's rows among what the search finds; one row of nulls and `search_more` where that is too much."""
        function = getattr(func.escm, str(self.search))
        hits = function(bindparam("f_q", type_=Text), context.c.c).table_valued(
            column("ids", ARRAY(Uuid)), column("more", Boolean)
        )
        hits = hits.lateral("hits")
        rows = query.where(not_(hits.c.more), self.key == any_(hits.c.ids)).lateral("r")
        joined = context.join(hits, true()).outerjoin(rows, true())
        return select(hits.c.more.label("search_more"), *rows.c).select_from(joined)

    def _count(self, variant: Variant, names: Names, searched: bool) -> Select[Any]:
        """How many rows, at most `limit`; null where the search finds too much."""
        query = self._matching(variant, _plain(names, searched)).with_only_columns(self.key).limit(bindparam("limit"))
        if not searched:
            return select(func.count()).select_from(within_context(query).subquery())
        found = self._among_hits(query).subquery()
        return select(case((not_(func.bool_or(found.c.search_more)), func.count(found.c[str(self.key.key)]))))

    def _whole(self, variant: Variant, names: Names) -> Select[Any]:
        """All rows, for the planner to look at."""
        return within_context(self._matching(variant, names).with_only_columns(self.key))

    def _matching(self, variant: Variant, names: Names) -> Select[Any]:
        query = self.base(variant)
        is_country = ("country", True) in names
        for name, is_single in names:
            query = query.where(self._condition(name, is_single, is_country))
        return query

    def ordered(self, variant: Variant, names: Names, sort: str, descending: bool, going_on: bool) -> Select[Any]:
        """The rows in order without a limit, for pages and for streams."""
        columns = self.public_columns if variant is Variant.ANONYMOUS and self.public_columns else self.columns
        keys = [self.key] if sort == "id" else [self.sorts[sort], self.key]
        columns = {**columns, **{str(key.key): key for key in keys}}
        query = self._matching(variant, names).with_only_columns(*(as_read(column) for column in columns.values()))
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
        if "\0" in raw:
            raise invalid_parameter(name, f"{name} holds U+0000.")
        try:
            return self.filters[name].parse(raw)
        except ValueError as error:
            raise invalid_parameter(name, f"{name} {error}") from error
