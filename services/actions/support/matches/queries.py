"""Finding the experts who match a request best, among those whom the caller may know of."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.support.matches import domain
from services.actions.support.matches.domain import REGION, Candidate, Criterion, Horizon, Stage
from services.actions.support.offers.tables import offer
from services.actions.support.support_requests.tables import support_request
from shared.contracts import views
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible

_ACTIVE = frozenset({"active"})
_FEWEST_RATINGS = 5
_expertise, _expert = views.EXPERTISE, views.AVAILABLE_EXPERTS
_TEXTS = ARRAY(Text)
_in_region = bindparam("region", type_=_TEXTS)
_region_points = bindparam("region_points", type_=Integer)
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))


def _asked(name: str) -> Any:
    """What is asked for: kinds, values and points."""
    arrays = (bindparam(f"{name}_{part}", type_=kind) for part, kind in _PARTS.items())
    columns = (column(part, kind.item_type) for part, kind in _PARTS.items())
    return func.unnest(*arrays).table_valued(*columns).render_derived(name)


_PARTS: Mapping[str, ARRAY[Any]] = {"kinds": _TEXTS, "words": _TEXTS, "points": ARRAY(Integer)}


def _arguments(name: str, criteria: Sequence[Criterion]) -> dict[str, Any]:
    rows = [(one.kind, word, one.points) for one in criteria if one.kind for word in one.asked]
    kinds, words, points = zip(*rows, strict=True) if rows else ((), (), ())
    return {f"{name}_kinds": list(kinds), f"{name}_words": list(words), f"{name}_points": list(points)}


def _has(asked: Any) -> ColumnElement[bool]:
    return and_(_expertise.c.kind == asked.c.kinds, _expertise.c.value == asked.c.words)


def _find(access_kind: AccessKind, with_region: bool) -> Select[Any]:
    """The candidates of a stage with their points by all criteria, the best first; with each row the number of all
    candidates and the last one in their own order."""
    stage, others = _asked("stage"), _asked("others")
    points = select(_expertise.c.id, stage.c.points.label("points"))
    rows: Any = points.select_from(stage.join(_expertise, _has(stage))).where(visible(_expertise, access_kind, _ACTIVE))
    if with_region:
        of_region = select(_expert.c.id, _region_points.label("points"))
        rows = union_all(
            rows, of_region.where(_expert.c.country == any_(_in_region), visible(_expert, access_kind, _ACTIVE))
        )
    row = rows.subquery("row").c
    partial = func.sum(row.points, type_=BigInteger).label("partial")
    found = (
        select(row.id, partial)
        .where(row.id != all_(bindparam("busy", type_=ARRAY(Uuid))))
        .group_by(row.id)
        .order_by(partial.desc(), row.id)
        .limit(bindparam("most"))
        .cte("found")
    )
    more = select(func.sum(others.c.points)).select_from(others.join(_expertise, _has(others)))
    of_others = more.where(_expertise.c.id == found.c.id).scalar_subquery()
    whole = found.c.partial + func.coalesce(of_others, 0)
    if not with_region:
        is_near = exists().where(_expert.c.id == found.c.id, _expert.c.country == any_(_in_region))
        whole += case((is_near, _region_points), else_=0)
    points_of_all = cast(whole, BigInteger).label("whole")
    last = (found.c.partial, found.c.id.desc())
    ranked: Select[Any] = select(
        found.c.id,
        points_of_all,
        func.count().over().label("count"),
        func.first_value(found.c.partial).over(order_by=last).label("last_partial"),
        func.first_value(found.c.id).over(order_by=last).label("last_id"),
    )
    return within_context(ranked.order_by(points_of_all.desc(), found.c.id).limit(bindparam("limit")))


def _named(access_kind: AccessKind) -> Select[Any]:
    columns = (_expert.c[name] for name in ("id", "ref", "display_name", "country"))
    return within_context(select(*columns).where(_expert.c.id == _IDS, visible(_expert, access_kind, _ACTIVE)))


def _matched(access_kind: AccessKind) -> Select[Any]:
    asked = _asked("asked")
    rows = select(_expertise.c.id, _expertise.c.kind, _expertise.c.value)
    return within_context(
        rows.select_from(asked.join(_expertise, _has(asked)))
        .where(_expertise.c.id == _IDS, visible(_expertise, access_kind, _ACTIVE))
        .order_by(_expertise.c.id, _expertise.c.kind, _expertise.c.value)
    )


_FIND, _NAMED, _MATCHED = Shapes(_find), Shapes(_named), Shapes(_matched)
_of_offer = offer.join(support_request, support_request.c.id == offer.c.request_id)
_RATINGS = Lookup(
    select(
        offer.c.expert_id,
        func.count().label("count"),
        func.round(func.avg(support_request.c.rating), 2).label("mean"),
    )
    .select_from(_of_offer)
    .where(
        offer.c.expert_id == _IDS,
        offer.c.status == constant("confirmed"),
        support_request.c.status == constant("closed"),
        support_request.c.rating.is_not(None),
    )
    .group_by(offer.c.expert_id)
    .having(func.count() >= _FEWEST_RATINGS)
    .limit(domain.MOST)
)


async def best(
    connection: Connection, access: AccessScope, criteria: Sequence[Criterion], busy: Sequence[UUID], limit: int
) -> list[Candidate]:
    """The experts with the most points by all criteria, then by id, without the busy ones. `access` is the caller's
    access to experts."""
    found: list[Candidate] = []
    for stage in domain.stages(criteria) if criteria else ():
        rows = await _fetch(connection, access, stage, busy, limit)
        found = [Candidate(row["id"], row["whole"]) for row in rows]
        horizon = None
        if rows and rows[0]["count"] == stage.most:
            horizon = Horizon(rows[0]["last_partial"], rows[0]["last_id"])
        if domain.is_settled(stage, found, limit, horizon):
            break
    return found


async def _fetch(
    connection: Connection, access: AccessScope, stage: Stage, busy: Sequence[UUID], limit: int
) -> list[Row]:
    region = {one.code: one for one in (*stage.criteria, *stage.others)}.get(REGION)
    with_region = any(one.code == REGION for one in stage.criteria)
    return await _FIND.get(access.access_kind, with_region).fetch(
        connection,
        **_arguments("stage", stage.criteria),
        **_arguments("others", stage.others),
        region=list(region.asked) if region else [],
        region_points=region.points if region else 0,
        busy=list(busy),
        most=stage.most,
        limit=limit,
        **access.parameters,
    )


async def named(connection: Connection, access: AccessScope, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Ref, name and country of experts whom the caller may know of."""
    rows = await _NAMED.get(access.access_kind).fetch(connection, ids=list(ids), **access.parameters)
    return {row["id"]: row for row in rows}


async def matched(
    connection: Connection, access: AccessScope, criteria: Sequence[Criterion], ids: Sequence[UUID]
) -> dict[UUID, dict[str, list[str]]]:
    """The asked values that experts have, by expert and kind."""
    found: dict[UUID, dict[str, list[str]]] = {key: {} for key in ids}
    arguments = _arguments("asked", criteria)
    rows = await _MATCHED.get(access.access_kind).fetch(connection, ids=list(ids), **arguments, **access.parameters)
    for row in rows:
        found[row["id"]].setdefault(row["kind"], []).append(row["value"])
    return found


async def ratings(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The mean rating of each expert with at least five, regardless of the caller."""
    return {row["expert_id"]: row for row in await _RATINGS.fetch(connection, ids=list(ids))}
