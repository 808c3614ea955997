"""Reading agreements, for grants that cover the country or the centre."""

from datetime import date

from sqlalchemy import bindparam, select

from services.centres.agreements.domain import EXPIRING, KINDS, LIFECYCLE
from services.centres.agreements.record import Agreement
from services.centres.agreements.tables import agreement
from shared.database.statements import Connection, Statement
from shared.records.listing import one_of, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

_OVER = Statement(
    select(agreement)
    .where(agreement.c.status == "in_force", agreement.c.expires < bindparam("today"))
    .order_by(agreement.c.id)
    .limit(200)
    .with_for_update()
)


NEXT_STEPS = NextSteps(
    "centres.agreements",
    agreement,
    (
        NextStep("drafting", "send"),
        NextStep("in_negotiation", "sign"),
        NextStep("partly_signed", "sign"),
        NextStep("in_force", "terminate", only=agreement.c.expires - EXPIRING.days <= TODAY),
    ),
    agreement.c.centre_id,
)
LISTING = listing(
    Agreement,
    agreement,
    LIFECYCLE.states,
    by_whole(agreement, agreement.c.centre_id),
    values("kind", agreement.c.kind, "Kinds, separated by commas", one_of(KINDS)),
    NEXT_STEPS.holder,
)


async def lock_over(connection: Connection, today: date) -> list[Agreement]:
    """Agreements in force whose last day is before today, locked; at most 200."""
    return records_of(Agreement, await _OVER.fetch(connection, today=today))
