"""Reading the counts of experts, institutions and supports that a caller may know, and their expected values."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from services.membership.initiatives.supports import domain as supports
from services.membership.initiatives.supports.record import Support
from services.membership.overview.statistics.domain import INITIATIVE, SUPPORTS, TAGS
from services.membership.overview.statistics.gender import WORDS
from services.membership.overview.statistics.tables import gender_balance
from services.membership.register.experts import domain as experts
from services.membership.register.experts.record import CATEGORIES, Expert
from services.membership.register.institutions import domain as institutions
from services.membership.register.institutions.record import Institution
from shared.database.statements import Connection, Row, Statement
from shared.kernel.expertise import BOUNDARIES
from shared.records.counted import Counted, Dimension
from shared.records.counts import TAGGED
from shared.records.listing import one_of

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


def _initiative(raw: str) -> str:
    return str(UUID(raw))


def _field(raw: str) -> str:
    if _FORD.fullmatch(raw) is None:
        raise ValueError("is not a field of OECD FORD")
    return raw


def _tag(rows: FromClause) -> ColumnElement[Any]:
    return rows.c.tag


_FIELD, _BOUNDARY = TAGS
COUNTED: Mapping[str, Counted] = {
    "experts": Counted(
        Expert.resource_type,
        "expert",
        experts.PUBLISHED,
        experts.LIFECYCLE.states,
        (
            Dimension("category", "Categories", one_of(CATEGORIES)),
            Dimension(_FIELD, "One OECD FORD field, such as 1.5", _field, _tag, is_tag=True),
            Dimension(
                _BOUNDARY, "One planetary boundary", one_of(BOUNDARIES), _tag, is_tag=True, kind="expert_boundary"
            ),
        ),
    ),
    "institutions": Counted(
        Institution.resource_type, "institution", institutions.PUBLISHED, institutions.LIFECYCLE.states
    ),
    SUPPORTS: Counted(
        Support.resource_type,
        "support",
        supports.PUBLISHED,
        dimensions=(
            Dimension("capacity", "Capacities of supporters", one_of(supports.CAPACITIES)),
            Dimension(
                *(INITIATIVE, "The id of an initiative, for supports", _initiative, _tag),
                is_tag=True,
                is_filter=True,
                listed_as="initiative_id",
            ),
        ),
        only="accepted",
    ),
}
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
