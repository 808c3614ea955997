"""Reading the counts of experts, institutions and supports that a caller may know, and their expected values."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, FromClause, Select, Text, any_, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.membership.experts import domain as experts
from services.membership.experts.record import BOUNDARIES, CATEGORIES
from services.membership.institutions import domain as institutions
from services.membership.statistics.domain import COLUMNS, DIMENSIONS, INITIATIVE, LARGEST, SUPPORTS, TAGS, Cell
from services.membership.statistics.gender import WORDS
from services.membership.statistics.tables import gender_balance
from services.membership.supports import domain as supports
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.counts import TAGGED, cells
from shared.records.listing import Filter, countries, one_of, region, values

_FORD = re.compile(r"[1-6](\.[0-9]{1,2})?")
KINDS = ["expert", "expert_boundary", "institution", "support"]
_CELL = "visibility, status, country, category"
_EXPERTS = "FROM escm.member_expert {} WHERE merged_into IS NULL GROUP BY"


def _live(kind: str, tags: str) -> str:
    each = f"LEFT JOIN LATERAL (SELECT DISTINCT unnest({tags}) AS tag) each ON true"
    return f"""
SELECT '{kind}' AS kind, {_CELL}, '' AS tag, count(*) AS n {_EXPERTS.format("")} {_CELL}
UNION ALL
SELECT '{kind}{TAGGED}', {_CELL}, coalesce(each.tag, ''), count(*) {_EXPERTS.format(each)} {_CELL}, each.tag
UNION ALL"""


LIVE = f"""{_live("expert", "fields")}{_live("expert_boundary", "planetary_boundaries")}
SELECT 'institution', visibility, status, country, '', '', count(*) FROM escm.member_institution
WHERE merged_into IS NULL GROUP BY visibility, status, country
UNION ALL
SELECT 'support', visibility, status, country, capacity, '', count(*) FROM escm.member_support
GROUP BY visibility, status, country, capacity
UNION ALL
SELECT 'support{TAGGED}', visibility, status, country, capacity, initiative_id::text, count(*)
FROM escm.member_support GROUP BY visibility, status, country, capacity, initiative_id
"""  # noqa: S608
"""The expected counts, from the rows."""
_STATES = {"institutions": institutions.LIFECYCLE.states}
_PUBLISHED = {"experts": experts.PUBLISHED, "institutions": institutions.PUBLISHED, SUPPORTS: supports.PUBLISHED}


def _filters(of: str, counted: FromClause) -> Mapping[str, Filter]:
    c = counted.c
    found = (
        countries(c.country),
        region(c.country),
        values("status", c.status, "States, separated by commas", one_of(_STATES.get(of, experts.LIFECYCLE.states))),
        values("category", c.category, "Categories, separated by commas", one_of(CATEGORIES)),
        Filter("field", "One OECD FORD field, such as 1.5", _field, lambda wanted: c.tag == wanted),
        values("capacity", c.category, "Capacities of supporters, separated by commas", one_of(supports.CAPACITIES)),
        Filter(INITIATIVE, "The id of an initiative, for supports", _initiative, lambda wanted: c.tag == wanted),
        Filter("planetary_boundary", "One planetary boundary", one_of(BOUNDARIES), lambda one: c.tag == one),
    )
    names = (*DIMENSIONS[of], INITIATIVE) if of == SUPPORTS else DIMENSIONS[of]
    return {each.name: each for each in found if each.name in names}


def _initiative(raw: str) -> str:
    return str(UUID(raw))


def _field(raw: str) -> str:
    if _FORD.fullmatch(raw) is None:
        raise ValueError("is not a field of OECD FORD")
    return raw


FILTERS = {of: _filters(of, cells("expert", tagged=True, dated=False)) for of in DIMENSIONS}
ALL_FILTERS = {name: each for filters in FILTERS.values() for name, each in filters.items()}


def kind_of(of: str, names: Collection[str]) -> str:
    """The kind of counts with these dimensions and filters."""
    if of != "experts":
        return of.removesuffix("s")
    return "expert_boundary" if "planetary_boundary" in names else "expert"


def _select(
    of: str, access_kind: AccessKind, by: tuple[str, ...], names: tuple[str, ...], dated: bool, stepped: bool
) -> Select[Any]:
    asked = {*by, *names}
    counted = cells(kind_of(of, asked), tagged=not asked.isdisjoint((*TAGS, INITIATIVE)), dated=dated)
    keys: dict[str, ColumnElement[Any]] = {
        name: counted.c[COLUMNS[name]].label(name) if name in COLUMNS else counted.c[name] for name in by
    }
    if stepped:
        before = counted.c.day - literal_column("1")
        keys["point"] = func.width_bucket(before, bindparam("points", type_=ARRAY(Date))).label("point")
    query = select(*keys.values(), cast(func.sum(counted.c.n), BigInteger).label("count"))
    query = query.where(visible(counted, access_kind, _PUBLISHED[of]))
    if of == SUPPORTS:
        query = query.where(counted.c.status == constant("accepted"))
    filters = _filters(of, counted)
    for name in names:
        many = any_(bindparam(f"f_{name}", type_=ARRAY(Text)))
        query = query.where(filters[name].condition(many if filters[name].array else bindparam(f"f_{name}")))
    query = query.group_by(*keys.values()).having(func.sum(counted.c.n) != 0).order_by(*keys.values())
    return within_context(query.limit(LARGEST + 1))


_COUNTS = Shapes(_select)


async def counts(
    connection: Connection,
    access: AccessScope,
    of: str,
    by: Sequence[str],
    chosen: Mapping[str, Any],
    until: date | None,
    points: Sequence[date] = (),
) -> list[Cell]:
    """One cell for each value of `by`, in their order, with a count above 0; at most one more than a response holds.
    With `until`, as of the end of that day. An empty tag is that of experts without any. With `points`, days in order
    up to `until`, the change until each since the previous one: its number is `point`, and the count may be below 0."""
    columns = tuple(dict.fromkeys("country" if name == "region" else name for name in by))
    statement = _COUNTS.get(of, access.access_kind, columns, tuple(chosen), until is not None, bool(points))
    bound = {f"f_{name}": value for name, value in chosen.items()}
    rows = await statement.fetch(connection, until=until, points=list(points), **bound, **access.parameters)
    return [Cell({name: row[name] for name in columns}, row["count"], row["point"] if points else 0) for row in rows]


_DECLARED = """
SELECT country, CASE WHEN word = ANY($1) THEN 'women' WHEN word = ANY($2) THEN 'men'
    WHEN word = ANY($3) THEN 'undeclared' ELSE 'other' END AS gender, count(*) AS n
FROM escm.member_expert, LATERAL (SELECT lower(btrim(coalesce(gender, ''))) AS word) said
WHERE visibility = 'public' AND status = ANY($4) AND merged_into IS NULL AND erased_at IS NULL GROUP BY 1, 2
"""
_BALANCE = Statement(select(gender_balance).where(gender_balance.c.place == bindparam("place")))


async def declared(connection: Connection) -> list[Row]:
    """How many published experts declared which gender, by country. Reads the whole register; the result is not
    published."""
    words = [list(WORDS[name]) for name in ("women", "men", "undeclared")]
    rows: list[Row] = await connection.fetch(_DECLARED, *words, sorted(experts.PUBLISHED))
    return rows


async def balance(connection: Connection, place: str) -> Row | None:
    """The published gender balance of a country, of a region by its name or, if `place` is empty, of all together; None
    before the first publication."""
    return await _BALANCE.fetchrow(connection, place=place)
