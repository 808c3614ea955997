"""Reading indicators."""

from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, column, func, select, table

from services.actions.measurement.indicators import domain
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.plan.actions.domain import PILLARS
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.database.tables import SCHEMA
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

_i = indicator.c
LISTING = listing(
    Indicator,
    indicator,
    domain.LIFECYCLE.states,
    by_itself(indicator, domain.PUBLISHED),
    values("framework", _i.framework, "Codes of frameworks, separated by commas"),
    values("code", _i.code, "Codes of indicators, separated by commas"),
    values("level", _i.level, "Levels, separated by commas", one_of(domain.LEVELS)),
    values("measure", _i.measure, "Measures, separated by commas", one_of(domain.MEASURES)),
    values("reported_by", _i.reported_by, "Kinds of subjects, separated by commas", one_of(domain.SUBJECTS)),
    values("frequency", _i.frequency, "Lengths of periods, separated by commas", one_of(domain.FREQUENCIES)),
    values("pillar", _i.pillar, "Parts of the framework, separated by commas", one_of(PILLARS)),
    values("side", _i.side, "Sides, separated by commas", one_of(domain.SIDES)),
)
_named = (
    func.jsonb_to_recordset(_i.codes)
    .table_valued(column("scheme", Text), column("code", Text))
    .render_derived("named", with_types=True)
)
CODES = select(*_named.c).select_from(_named).distinct().correlate(indicator).lateral("code")
"""The codes of an indicator, each once. There are few indicators, so that no table is needed to find them by code."""
_GET = Lookup(select(indicator).where(_i.id == bindparam("key", type_=Uuid)).limit(1))
_LOCK_SHARED = Lookup(
    select(indicator).where(_i.id == bindparam("key", type_=Uuid)).limit(1).with_for_update(read=True)
)
_DEPENDENT = tuple(
    table(name, column("indicator_id", Uuid), schema=SCHEMA) for name in ("action_target", "action_result")
)
_USED = tuple(
    Lookup(select(one.c.indicator_id).where(one.c.indicator_id == bindparam("key")).limit(1)) for one in _DEPENDENT
)


async def get(connection: Connection, key: UUID) -> Indicator | None:
    """The indicator, regardless of the caller."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(Indicator, row) if row else None


async def lock_shared(connection: Connection, key: UUID) -> Indicator | None:
    """The same; it stays as it is until the transaction ends. Others may do this at the same time."""
    row = await _LOCK_SHARED.fetchrow(connection, key=key)
    return record_of(Indicator, row) if row else None


async def is_used(connection: Connection, key: UUID) -> bool:
    """Whether the indicator has targets or results."""
    return any([await used.fetchval(connection, key=key) is not None for used in _USED])
