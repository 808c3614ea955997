"""Reading agreements, for grants that cover the country or the centre."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, case, cast, exists, func, literal, null, select

from services.centres.designation.agreements.domain import EXPIRING, KINDS, LIFECYCLE, REMINDED_DAYS, SIGNING
from services.centres.designation.agreements.record import Agreement
from services.centres.designation.agreements.tables import agreement
from shared.contracts import views
from shared.database.context import AccessContext, Lookup, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant
from shared.records.filters import Filter, parsed_day
from shared.records.listing import one_of, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_whole, listing
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of, records_of

_MOST_REMINDED, _MOST_SHOWN = 2_500, 200

_OVER = Statement(
    select(agreement)
    .where(agreement.c.status == "in_force", agreement.c.expires < bindparam("today"))
    .order_by(agreement.c.id)
    .limit(200)
    .with_for_update()
)
_planned = latest_of([agreement.c.expires - days for days in REMINDED_DAYS])
_TAKE_REMINDED = taking(
    agreement,
    _planned,
    agreement.c.status == constant("in_force"),
    agreement.c.expires >= TODAY,
    is_due(_planned),
    order=(agreement.c.expires,),
    most=_MOST_REMINDED,
)
_key = bindparam("key", type_=Uuid)
_ONE = Statement(select(agreement).where(agreement.c.id == _key))
_HOST = Lookup(select(views.CENTRES.c.host_institution_id).where(views.CENTRES.c.id == _key).limit(1))
_AMENDMENTS = Statement(
    within_context(
        select(*(agreement.c[name] for name in ("id", "ref", "status", "effective", "expires")))
        .where(agreement.c.amends_id == _key)
        .order_by(agreement.c.id)
        .limit(_MOST_SHOWN)
    )
)


_names_host = exists().where(
    views.CENTRES.c.id == agreement.c.centre_id,
    agreement.c.parties.contains(
        func.jsonb_build_array(
            func.jsonb_build_object(
                constant("institution_id"),
                cast(views.CENTRES.c.host_institution_id, Text),
                constant("signed_at"),
                null(),
            )
        )
    ),
)
_waits_for_office = and_(agreement.c.status.in_([constant(status) for status in sorted(SIGNING)]), ~_names_host)
_signers = func.array_to_string(agreement.c.signers, literal(" ", Text), type_=Text)
NEXT_STEPS = NextSteps(
    "centres.agreements",
    agreement,
    (
        NextStep("drafting", "send"),
        NextStep("in_negotiation", "sign", not_by=_signers),
        NextStep("partly_signed", "sign", not_by=_signers),
        NextStep("in_force", "terminate", only=agreement.c.expires - EXPIRING.days <= TODAY),
    ),
    case((_waits_for_office, null()), else_=agreement.c.centre_id),
)
"""Grants over the centre sign while the host has not: these are of its representatives, beside the offices."""
LISTING = listing(
    Agreement,
    agreement,
    LIFECYCLE.states,
    by_whole(agreement, agreement.c.centre_id),
    values("kind", agreement.c.kind, "Kinds, separated by commas", one_of(KINDS)),
    Filter("expires_before", "Expires before this day", parsed_day, lambda bound: agreement.c.expires < bound),
    NEXT_STEPS.holder,
)


async def lock_over(connection: Connection, today: date) -> list[Agreement]:
    """Agreements in force whose last day is before today, locked; at most 200."""
    return records_of(Agreement, await _OVER.fetch(connection, today=today))


async def agreement_of(connection: Connection, key: UUID) -> Agreement | None:
    """The agreement within the connection's context."""
    row = await _ONE.fetchrow(connection, key=key)
    return record_of(Agreement, row) if row else None


async def host_of(connection: Connection, centre: UUID) -> UUID | None:
    """The institution that hosts a centre, whoever asks."""
    found: UUID | None = await _HOST.fetchval(connection, key=centre)
    return found


async def amendments(connection: Connection, context: AccessContext, key: UUID) -> list[Row]:
    """What amends an agreement, the first one first; at most 200."""
    return await _AMENDMENTS.fetch(connection, key=key, **context.parameters)


async def take_reminded(connection: Connection, today: date) -> list[Agreement]:
    """Marks up to 2,500 agreements whose end is announced today, and returns them. Skips those that another
    transaction locks. Their versions stay."""
    return records_of(Agreement, await _TAKE_REMINDED.fetch(connection, today=today))
