"""Reading the programmes, actions and milestones of a country or a programme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Date,
    Numeric,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.tables import programme
from services.actions.plan.timeline.domain import LARGEST, Weights
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible

_p, _a, _m = programme.c, action.c, milestone.c
_NO_DAY: ColumnElement[Any] = cast(null(), Date)
_KEY: BindParameter[Any] = bindparam("key")
_OF_PROGRAMME = _m.action_id.in_(select(_a.id).where(_a.programme_id == _KEY))


@dataclass(frozen=True)
class _Part:
    """The items of one kind: the states in which they are over, their first and last days as planned and in fact, and
    the condition that they are of one programme."""

    table: Table
    published: frozenset[str]
    over: frozenset[str]
    parent: ColumnElement[Any]
    titles: ColumnElement[Any]
    planned: tuple[ColumnElement[Any], ColumnElement[Any]]
    actual: tuple[ColumnElement[Any], ColumnElement[Any]]
    of_programme: ColumnElement[bool]


_PARTS = {
    "programme": _Part(
        programme,
        programmes.PUBLISHED,
        programmes.ENDED,
        cast(null(), Uuid),
        null(),
        (_NO_DAY, _NO_DAY),
        (_p.started_on, _p.completed_on),
        _p.id == _KEY,
    ),
    "action": _Part(
        action,
        actions.PUBLISHED,
        actions.ENDED,
        _a.programme_id,
        _a.titles,
        (_a.planned_start, _a.planned_end),
        (_a.actual_start, _a.actual_end),
        _a.programme_id == _KEY,
    ),
    "milestone": _Part(
        milestone,
        milestones.PUBLISHED,
        milestones.PUBLISHED - milestones.OPEN,
        _m.action_id,
        _m.titles,
        (_m.due, _m.due),
        (_m.verified_on, _m.verified_on),
        _OF_PROGRAMME,
    ),
}


def _items(kind: str, access_kind: AccessKind, in_country: bool) -> Select[Any]:
    part = _PARTS[kind]
    c = part.table.c
    is_over = c.status.in_([constant(status) for status in sorted(part.over)])
    (starts, ends), (started, ended) = part.planned, part.actual
    first, last = func.least(starts, started), func.greatest(ends, ended)
    lasts = case((is_over, last), (ends.is_not(None), func.greatest(last, bindparam("today", type_=Date))))
    from_day, to_day = bindparam("first", type_=Date), bindparam("last", type_=Date)
    columns = {
        "parent_id": part.parent, "titles": part.titles, "planned_start": starts, "planned_end": ends,
        "actual_start": started, "actual_end": ended, "is_over": is_over,
    }  # fmt: skip
    query = select(c.id, c.status, c.country, *(column.label(name) for name, column in columns.items()))
    query = query.where(
        c.country == _KEY if in_country else part.of_programme,
        visible(part.table, access_kind, part.published),
        func.coalesce(first, to_day) <= to_day,
        func.coalesce(lasts, from_day) >= from_day,
    )
    return within_context(query.order_by(first, c.id).limit(LARGEST + 1))


def _weights(access_kind: AccessKind, in_country: bool) -> Select[Any]:
    weight = cast(cast(_m.weight, Text), Numeric)
    done = func.sum(weight).filter(_m.status == constant("done"))
    query = (
        select(
            _m.action_id,
            _a.programme_id,
            (_a.status == constant("cancelled")).label("is_cancelled"),
            func.coalesce(done, 0).label("done"),
            func.sum(weight).label("whole"),
        )
        .join_from(milestone, action, _a.id == _m.action_id)
        .where(
            _m.country == _KEY if in_country else _OF_PROGRAMME,
            _m.status != constant("dropped"),
            visible(milestone, access_kind, milestones.PUBLISHED),
        )
    )
    return within_context(query.group_by(_m.action_id, _a.id))


_ITEMS = Shapes(_items)
_WEIGHTS = Shapes(_weights)


async def items(
    connection: Connection, access: AccessScope, kind: str, key: str | UUID, first: date, last: date, today: date
) -> list[Row]:
    """The items of a kind that last on a day from `first` to `last`, by their first day; at most one more than a
    response contains. `key` is a country or a programme's id. What is not over lasts until today at least, and what has
    no first or last day has no bound there."""
    statement = _ITEMS.get(kind, access.access_kind, isinstance(key, str))
    return await statement.fetch(connection, key=key, first=first, last=last, today=today, **access.parameters)


async def weights(connection: Connection, access: AccessScope, key: str | UUID) -> Sequence[Weights]:
    """The weights of the milestones of every action of a country or programme that has any; `access` is that of
    milestones."""
    statement = _WEIGHTS.get(access.access_kind, isinstance(key, str))
    return [Weights(**row) for row in await statement.fetch(connection, key=key, **access.parameters)]
