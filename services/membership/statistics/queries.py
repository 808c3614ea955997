"""Reading the counts of experts as far as a caller may know them, and what they are compared with."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.membership.experts.domain import CATEGORIES, LIFECYCLE, PUBLISHED
from services.membership.statistics.domain import LARGEST
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.counts import TAGGED, cells
from shared.records.listing import Filter, countries, one_of, region, values
from shared.records.sight import Sight, Variant, visible

_FORD = re.compile(r"[1-6](\.[0-9]{1,2})?")
KINDS = ["expert", "institution"]
_CELL = "visibility, status, country, category"
LIVE = f"""
SELECT 'expert' AS kind, {_CELL}, '' AS tag, count(*) AS n FROM escm.member_expert
WHERE merged_into IS NULL AND erased_at IS NULL GROUP BY {_CELL}
UNION ALL
SELECT 'expert{TAGGED}', {_CELL}, coalesce(each.tag, ''), count(*)
FROM escm.member_expert LEFT JOIN LATERAL (SELECT DISTINCT unnest(fields) AS tag) each ON true
WHERE merged_into IS NULL AND erased_at IS NULL GROUP BY {_CELL}, each.tag
UNION ALL
SELECT 'institution', visibility, status, country, '', '', count(*) FROM escm.member_institution
WHERE merged_into IS NULL GROUP BY visibility, status, country
"""  # noqa: S608
"""What the counts should be: the rows themselves, counted."""


def _filters(counted: FromClause) -> Mapping[str, Filter]:
    c = counted.c
    found = (
        countries(c.country),
        region(c.country),
        values("status", c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
        values("category", c.category, "Categories, separated by commas", one_of(CATEGORIES)),
        Filter("field", "One OECD FORD field, such as 1.5", _field, lambda wanted: c.tag == wanted),
    )
    return {each.name: each for each in found}


def _field(raw: str) -> str:
    if _FORD.fullmatch(raw) is None:
        raise ValueError("is not a field of OECD FORD")
    return raw


FILTERS = _filters(cells("expert", tagged=True, dated=False))


def _select(variant: Variant, by: tuple[str, ...], names: tuple[str, ...], dated: bool) -> Select[Any]:
    counted = cells("expert", tagged="field" in (*by, *names), dated=dated)
    keys: dict[str, ColumnElement[Any]] = {
        name: counted.c.tag.label("field") if name == "field" else counted.c[name] for name in by
    }
    query = select(*keys.values(), cast(func.sum(counted.c.n), BigInteger).label("count"))
    query = query.where(visible(counted, variant, PUBLISHED))
    filters = _filters(counted)
    for name in names:
        many = any_(bindparam(f"f_{name}", type_=ARRAY(Text)))
        query = query.where(filters[name].condition(many if filters[name].array else bindparam(f"f_{name}")))
    query = query.group_by(*keys.values()).having(func.sum(counted.c.n) != 0).order_by(*keys.values())
    return within_context(query.limit(LARGEST + 1))


_COUNTS = Shapes(_select)


async def counts(
    connection: Connection, sight: Sight, by: Sequence[str], chosen: Mapping[str, Any], until: date | None
) -> list[Row]:
    """One row for each value of `by`, in their order, with its `count` above 0; at most one more than an answer holds.
    With `until` as they stood at the end of that day. An empty `field` is that of experts without any."""
    columns = tuple(dict.fromkeys("country" if name == "region" else name for name in by))
    statement = _COUNTS.get(sight.variant, columns, tuple(chosen), until is not None)
    bound = {f"f_{name}": value for name, value in chosen.items()}
    return await statement.fetch(connection, until=until, **bound, **sight.parameters)


async def total(connection: Connection, sight: Sight, chosen: Mapping[str, Any], until: date | None) -> int:
    """How many experts that are together, each counted once."""
    found = await counts(connection, sight, (), chosen, until)
    return int(found[0]["count"]) if found else 0
