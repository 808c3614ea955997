"""The latest values of the indicators that have the codes of a scheme."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, Text, Uuid, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from services.actions.classification.schemes.domain import MOST_CODES
from services.actions.measurement.aggregates.queries import Asked, Selection, named, values
from services.actions.measurement.aggregates.tables import value
from services.actions.measurement.indicators.domain import CODED
from services.actions.overview.coverage.domain import MOST_LATEST, Counted
from services.actions.overview.coverage.queries import SOURCES, Limits, among_of, matched_of
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, visible
from shared.records.plain import by_grant

_INDICATORS = SOURCES[0]


def _of_targets(access_kind: AccessKind, is_limited: bool) -> Select[Any]:
    """The first indicators of each target."""
    matched = matched_of(among_of(_INDICATORS, access_kind, is_limited), Counted._fields, "target")
    place = func.row_number().over(partition_by=matched.c.target, order_by=matched.c.id).label("place")
    placed = select(matched.c.target, matched.c.id, place).subquery("placed")
    first = placed.c.place <= literal_column(str(MOST_LATEST))
    return within_context(select(placed.c.target, placed.c.id).where(first).limit(MOST_CODES))


def _last_periods(access_kind: AccessKind, names: Sequence[str]) -> Select[Any]:
    """The last period of each indicator that has a value."""
    v = value.c
    limits = {
        "countries": v.country == any_(bindparam("countries", type_=ARRAY(Text))),
        "period": v.period == bindparam("period", type_=Text),
    }
    query = select(v.indicator_id, v.period).where(
        v.indicator_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        v.key == literal_column("''", Text),
        v.valid_to.is_(None),
        v.missing.is_(None),
        *(limits[name] for name in names),
        or_(visible(value, access_kind, None), by_grant(value, v.centre_id, access_kind)),
    )
    last = query.ext(distinct_on(v.indicator_id)).order_by(v.indicator_id, v.ends.desc(), v.period.desc())
    return within_context(last.limit(MOST_CODES))


_OF_TARGETS, _LAST_PERIODS = Shapes(_of_targets), Shapes(_last_periods)


async def latest(
    connection: Connection,
    of_indicators: AccessScope,
    of_results: AccessScope,
    given: Collection[Counted],
    limits: Limits,
) -> dict[str, list[dict[str, Any]]]:
    """The value of the last period of each indicator that counts for a target, at most 20 of each target, in the order
    of their codes."""
    pairs = {name: [getattr(one, name) for one in given] for name in Counted._fields}
    statement = _OF_TARGETS.get(of_indicators.access_kind, limits.countries is not None)
    about = {"countries": limits.countries, **pairs, **of_indicators.parameters}
    targets: dict[UUID, list[str]] = {}
    for row in await statement.fetch(connection, **about):
        targets.setdefault(row["id"], []).append(row["target"])
    found: dict[str, list[dict[str, Any]]] = {}
    if not targets:
        return found
    periods = await _periods(connection, of_results, list(targets), limits)
    indicators = await named(connection, of_indicators, list(periods), ())
    of_indicator: dict[str, Row] = {}
    for code in sorted(set(periods.values())):
        asked = Asked(Selection(codes=[code], countries=limits.countries), (), None, None)
        ones = [one for one in indicators if periods[one.id] == code]
        rows = await values(connection, of_results, ones, asked)
        of_indicator |= {key: row for key, (row, *_) in rows.items()}
    for one in indicators:
        row = of_indicator.get(str(one.id))
        if row is None:
            continue
        shown = {
            "indicator": str(one.id),
            "period": periods[one.id],
            "value": row["number"],
            "countries": row["reported"],
        }
        shown["counts"] = orjson.Fragment(row["counts"]) if one.measure in CODED else None
        for target in targets[one.id]:
            found.setdefault(target, []).append(shown)
    return found


async def _periods(
    connection: Connection, access: AccessScope, ids: Sequence[UUID], limits: Limits
) -> Mapping[UUID, str]:
    chosen = {name: given for name in ("countries", "period") if (given := getattr(limits, name)) is not None}
    statement = _LAST_PERIODS.get(access.access_kind, tuple(chosen))
    rows = await statement.fetch(connection, ids=ids, **chosen, **access.parameters)
    return {row["indicator_id"]: row["period"] for row in rows}
