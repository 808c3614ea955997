"""Reading calendars: for their owner."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.coordination.calendars.domain import LIFECYCLE
from services.actions.coordination.calendars.record import Calendar
from services.actions.coordination.calendars.tables import calendar
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Statement
from shared.kernel.principal import VISIBILITIES
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.listing import Listing, countries, one_of, reference, updated, values
from shared.records.references import Nameable
from shared.records.rows import record_of, records_of

_c = calendar.c
_is_active = _c.status == constant("active")
_of_owner = _c.owner_id == bindparam("owner", type_=Uuid)
PROGRAMMES = Nameable(Programme.resource_type, programme, programmes.PUBLISHED)
_SHOWN = ("id", "ref", "version", "status", "country", "visibility", "created_at", "created_by", "updated_at")
_SHOWN_TOO = ("updated_by", "kinds", "programme_id", "language", "owner_id")


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(calendar)
    if access_kind is AccessKind.EVERYWHERE:
        return query
    return query.where(_c.owner_id == any_(bindparam("own", type_=ARRAY(Uuid))))


def _parameters_of(access: AccessScope) -> Mapping[str, Any]:
    """With the caller as the owner, for row-level security too."""
    own = list(access.principal.identities)
    records = ",".join(filter(None, (access.context.records, *map(str, own))))
    return {**access.parameters, "own": own, "ctx_records": records}


LISTING = Listing(
    base=_visible,
    key=_c.id,
    filters={
        chosen.name: chosen
        for chosen in (
            countries(_c.country),
            values("status", _c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
            values("visibility", _c.visibility, "Visibilities, separated by commas", one_of(VISIBILITIES)),
            reference("programme_id", _c.programme_id),
            *updated(_c.updated_at),
        )
    },
    sorts={"created_at": _c.created_at, "updated_at": _c.updated_at},
    columns={name: _c[name] for name in (*_SHOWN, *_SHOWN_TOO)},
    parameters_of=_parameters_of,
)
_ACTIVE = Statement(select(func.count()).where(_of_owner, _is_active))
_LOCK_ACTIVE = Statement(select(calendar).where(_of_owner, _is_active).order_by(_c.id).with_for_update())
_BY_KEY = Lookup(select(calendar).where(_c.id == bindparam("key", type_=Uuid), _is_active).limit(1))
_COUNTRY = Statement(select(programme.c.country).where(programme.c.id == bindparam("key", type_=Uuid)))


async def active(connection: Connection, owner: UUID) -> int:
    """The number of an owner's calendars. Locks the owner: until the transaction ends no other transaction makes a
    calendar for it."""
    await lock_names(connection, f"calendars of {owner}")
    found: int = await _ACTIVE.fetchval(connection, owner=owner)
    return found


async def lock_active(connection: Connection, owner: UUID) -> list[Calendar]:
    """The active calendars of an owner, locked."""
    return records_of(Calendar, await _LOCK_ACTIVE.fetch(connection, owner=owner))


async def subscribed(connection: Connection, key: UUID) -> Calendar | None:
    """An active calendar by its id, regardless of the caller."""
    row = await _BY_KEY.fetchrow(connection, key=key)
    return row and record_of(Calendar, row)


async def country_of_programme(connection: Connection, key: UUID) -> str | None:
    """The country of a programme, within the connection's context."""
    found: str | None = await _COUNTRY.fetchval(connection, key=key)
    return found
