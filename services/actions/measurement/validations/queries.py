"""Reading the living results of a country and period."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, or_, select

from services.actions.measurement.results import domain
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.plain import by_grant
from shared.records.rows import records_of

_r = result.c


def _living(access_kind: AccessKind) -> Select[Any]:
    covered = or_(by_grant(result, _r.id, access_kind), by_grant(result, _r.centre_id, access_kind))
    return within_context(
        select(result)
        .where(
            _r.country == bindparam("country"),
            _r.period_id == bindparam("period_id", type_=Uuid),
            _r.status.in_([constant(status) for status in (*domain.OPEN, "published")]),
            _r.id > bindparam("after", type_=Uuid),
            covered,
        )
        .order_by(_r.id)
        .limit(bindparam("limit"))
    )


_LIVING = Shapes(_living)


async def living(
    connection: Connection, access: AccessScope, country: str, period_id: UUID, after: UUID, limit: int
) -> list[Result]:
    """The living results of a country and period that the caller's grants cover, after an id, in the order of ids."""
    asked = {"country": country, "period_id": period_id, "after": after, "limit": limit}
    return records_of(Result, await _LIVING.get(access.access_kind).fetch(connection, **asked, **access.parameters))
