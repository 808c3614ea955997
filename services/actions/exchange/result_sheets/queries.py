"""Reading what the rows of results and targets name."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Select, Text, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.exchange.result_sheets.domain import DIMENSION, ByName, Place
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.record import Period
from services.actions.measurement.periods.tables import extension, period
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.reporting.evidence.tables import evidence
from shared.contracts import views
from shared.database.context import within_context
from shared.database.statements import Connection, Statement
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope, constant
from shared.records.references import NAMED_CENTRES, reading_access
from shared.records.rows import records_of

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_NAMES = any_(bindparam("names", type_=ARRAY(Text)))


def _named(source: FromClause, name: ColumnElement[str], *columns: Any) -> Select[Any]:
    return select(*(columns or (source,))).where(or_(name == _NAMES, source.c.id == _IDS)).order_by(source.c.id)


def _basics(source: FromClause) -> list[ColumnElement[Any]]:
    return [source.c[name] for name in ("id", "ref", "country", "status", "visibility")]


_INDICATORS = Statement(_named(indicator, indicator.c.code))
_PERIODS = Statement(_named(period, period.c.code))
_ACTIONS = Statement(_named(action, action.c.ref, *_basics(action)))
_CENTRES = Statement(_named(views.CENTRES, views.CENTRES.c.ref, *_basics(views.CENTRES)))
_LOCK_INDICATORS = Statement(
    select(indicator).where(indicator.c.id == _IDS).order_by(indicator.c.id).with_for_update(read=True)
)
_LOCK_PERIODS = Statement(select(period).where(period.c.id == _IDS).order_by(period.c.id).with_for_update(read=True))
_EXTENDED = Statement(
    select(extension.c.period_id, extension.c.country, extension.c.until).where(extension.c.period_id == _IDS)
)
_FILES = Statement(
    select(evidence.c.id, evidence.c.title, evidence.c.date, evidence.c.created_at).where(evidence.c.id == _IDS)
)
_KEYS = Statement(
    within_context(
        select(func.jsonb_array_elements(indicator.c.disaggregations, type_=JSONB)["key"].astext.label("key"))
        .where(indicator.c.status.in_([constant(status) for status in sorted(indicators.PUBLISHED)]))
        .distinct()
        .order_by("key")
    )
)


async def indicators_named(connection: Connection, principal: Principal, names: Collection[str]) -> ByName[Indicator]:
    """The published indicators of these codes or ids that the caller may know of."""
    access = reading_access(principal, Indicator.resource_type)
    rows = records_of(Indicator, await _INDICATORS.fetch(connection, **_keys(names)))
    return ByName((one.code, one.id, one) for one in rows if access.knows(one, indicators.PUBLISHED))


async def periods_named(connection: Connection, names: Collection[str]) -> ByName[Period]:
    """The periods of these codes or ids."""
    rows = records_of(Period, await _PERIODS.fetch(connection, **_keys(names)))
    return ByName((one.code, one.id, one) for one in rows)


async def actions_named(connection: Connection, principal: Principal, names: Collection[str]) -> ByName[Place]:
    """The actions of these refs or ids that the caller may know of."""
    access = reading_access(principal, Action.resource_type)
    rows = await _ACTIONS.fetch(connection, **_keys(names)) if names else []
    known = (row for row in rows if access.knows_row(row, actions.PUBLISHED))
    return ByName((row["ref"], row["id"], Place(row["id"], row["country"])) for row in known)


async def centres_named(connection: Connection, principal: Principal, names: Collection[str]) -> ByName[Place]:
    """The centres of these refs or ids that the caller may know of."""
    rows = await _CENTRES.fetch(connection, **_keys(names)) if names else []
    known = await NAMED_CENTRES.known(connection, principal, [row["id"] for row in rows]) if rows else set()
    return ByName((row["ref"], row["id"], Place(row["id"], row["country"])) for row in rows if row["id"] in known)


async def lock_indicators(connection: Connection, keys: Collection[UUID]) -> dict[UUID, Indicator]:
    """These indicators, which stay as they are until the transaction ends."""
    rows = records_of(Indicator, await _LOCK_INDICATORS.fetch(connection, ids=list(keys)))
    return {one.id: one for one in rows}


async def lock_periods(connection: Connection, keys: Collection[UUID]) -> dict[UUID, Period]:
    """These periods, whose states stay until the transaction ends."""
    rows = records_of(Period, await _LOCK_PERIODS.fetch(connection, ids=list(keys))) if keys else []
    return {one.id: one for one in rows}


async def extensions_of(connection: Connection, keys: Collection[UUID]) -> dict[tuple[UUID, str], date]:
    """The last days of the extensions of these periods, by period and country."""
    rows = await _EXTENDED.fetch(connection, ids=list(keys)) if keys else []
    return {(row["period_id"], row["country"]): row["until"] for row in rows}


async def files_of(connection: Connection, keys: Collection[UUID]) -> Mapping[UUID, Any]:
    """The title, date and time of creation of these files of evidence."""
    return {row["id"]: row for row in await _FILES.fetch(connection, ids=list(keys))}


async def dimension_headings(connection: Connection, access: AccessScope) -> Sequence[str]:
    """The headings of the dimensions of published indicators, in order."""
    rows = await _KEYS.fetch(connection, **access.context.parameters)
    return [f"{DIMENSION}{row['key']}" for row in rows]


def _keys(names: Collection[str]) -> dict[str, Any]:
    ids = []
    for name in names:
        with suppress(ValueError):
            ids.append(UUID(name))
    return {"names": list(names), "ids": ids}
