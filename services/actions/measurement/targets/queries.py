"""Reading targets."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.actions.measurement.subjects.record import Subject
from services.actions.measurement.targets import domain
from services.actions.measurement.targets.record import Target
from services.actions.measurement.targets.tables import target
from shared.database.statements import Connection, Statement
from shared.records.plain import by_itself, listing

_t = target.c
LISTING = listing(Target, target, domain.LIFECYCLE.states, by_itself(target, domain.PUBLISHED))
_OF_SUBJECT = Statement(
    select(_t.id).where(
        _t.indicator_id == bindparam("indicator", type_=Uuid),
        _t.country == bindparam("country"),
        _t.action_id.is_not_distinct_from(bindparam("action", type_=Uuid)),
        _t.centre_id.is_not_distinct_from(bindparam("centre", type_=Uuid)),
        _t.period_id == bindparam("period", type_=Uuid),
    )
)


async def of_subject(connection: Connection, of: Subject, period_id: UUID) -> UUID | None:
    """The target of the same indicator and subject in a period."""
    found: UUID | None = await _OF_SUBJECT.fetchval(
        connection,
        indicator=of.indicator_id,
        country=of.country,
        action=of.action_id,
        centre=of.centre_id,
        period=period_id,
    )
    return found
