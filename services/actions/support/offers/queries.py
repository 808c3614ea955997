"""Reading offers: for grants that cover the country or the expert. Officials of the country see an offer from its
acceptance on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, any_, bindparam, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.support.offers.domain import LIFECYCLE, LIVING, MOST_OPEN, OPEN, LivingOffer
from services.actions.support.offers.record import Offer
from services.actions.support.offers.tables import offer, request
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.principal import READ
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.listing import Listing
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_grant, listing
from shared.records.rows import records_of

_AT_ONCE = 500
_MOST_BUSY = 100_000
_o = offer.c
_OFFICE = frozenset(("secretariat_admin", "secretariat_officer", "auditor"))
"""Who sees offers that no expert has accepted, besides the expert."""
_TEXTS = ARRAY(Text)
_account = select(views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == _o.expert_id).scalar_subquery()
_is_in_delivery = exists().where(request.c.id == _o.request_id, request.c.status == constant("in_delivery"))
NEXT_STEPS = NextSteps(
    "actions.offers",
    offer,
    (
        NextStep("offered", "accept", _account, is_personal=True),
        NextStep("accepted", "confirm"),
        NextStep("confirmed", "deliver", _account, is_personal=True, only=_is_in_delivery),
    ),
)


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(offer).where(by_grant(offer, _o.expert_id, access_kind))
    if access_kind in (AccessKind.EVERYWHERE, AccessKind.ANONYMOUS):
        return query
    return query.where(
        or_(
            _o.accepted_on.is_not(None),
            _o.country == any_(bindparam("arranging_countries", type_=_TEXTS)),
            cast(_o.expert_id, Text) == any_(bindparam("granted_records", type_=_TEXTS)),
        )
    )


def _parameters_of(access: AccessScope) -> Mapping[str, Any]:
    """With the countries in which the caller sees every offer."""
    office = access.principal.limited_to(_OFFICE).permission_scope(access.roles, access.resource.name, READ)
    return {**access.parameters, "arranging_countries": sorted(office.countries)}


LISTING: Listing = replace(
    listing(Offer, offer, LIFECYCLE.states, _visible, NEXT_STEPS.holder), parameters_of=_parameters_of
)
_living = _o.status.in_([constant(status) for status in LIVING])
_open = _o.status.in_([constant(status) for status in OPEN])
_of_request = _o.request_id == bindparam("request")
_OF_REQUEST = Lookup(select(_o.expert_id, _o.status, _o.respond_by).where(_of_request, _living).limit(_AT_ONCE))
_LOCK_OPEN = Statement(select(offer).where(_of_request, _open).order_by(_o.id).with_for_update())
_LOCK_LIVING = Statement(select(offer).where(_of_request, _living).order_by(_o.id).with_for_update())
_LIVING_OF = Statement(
    select(_o.id, _o.request_id).where(_o.expert_id == bindparam("expert"), _living).order_by(_o.request_id, _o.id)
)
_OVER = Statement(
    select(_o.id, _o.request_id)
    .where(_o.status == constant("offered"), _o.respond_by < bindparam("today", type_=Date))
    .order_by(_o.request_id, _o.id)
    .limit(_AT_ONCE)
)
_BUSY = Lookup(
    select(_o.expert_id).where(_open).group_by(_o.expert_id).having(func.count() >= MOST_OPEN).limit(_MOST_BUSY)
)


async def living_of(connection: Connection, request_id: UUID) -> list[LivingOffer]:
    """The living offers of a request, regardless of the caller."""
    rows = await _OF_REQUEST.fetch(connection, request=request_id)
    return [LivingOffer(row["expert_id"], row["status"], row["respond_by"]) for row in rows]


async def lock_living(connection: Connection, request_id: UUID, *, only_open: bool) -> list[Offer]:
    """The living offers of a request, or the open ones, locked."""
    statement = _LOCK_OPEN if only_open else _LOCK_LIVING
    return records_of(Offer, await statement.fetch(connection, request=request_id))


async def living_with(connection: Connection, expert: UUID) -> list[tuple[UUID, UUID]]:
    """The living offers of an expert, each with its request, by request."""
    return [(row["id"], row["request_id"]) for row in await _LIVING_OF.fetch(connection, expert=expert)]


async def over(connection: Connection, today: date) -> list[tuple[UUID, UUID]]:
    """Up to 500 offers whose last day to respond has passed, each with its request, by request."""
    return [(row["id"], row["request_id"]) for row in await _OVER.fetch(connection, today=today)]


async def busy_experts(connection: Connection) -> list[UUID]:
    """The experts with three or more open offers, regardless of the caller."""
    return [row["expert_id"] for row in await _BUSY.fetch(connection)]
