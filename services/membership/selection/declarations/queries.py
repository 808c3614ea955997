"""Reading declarations: for grants that cover the country or the expert."""

from sqlalchemy import Integer, bindparam, select

from services.membership.selection.declarations.domain import IN_FORCE, LIFECYCLE
from services.membership.selection.declarations.record import Declaration
from services.membership.selection.declarations.tables import declaration
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.filters import Filter, parsed_year
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

_EARLIER = Statement(
    select(declaration)
    .where(
        declaration.c.expert_id == bindparam("expert"),
        declaration.c.year == bindparam("year", type_=Integer),
        declaration.c.id != bindparam("declaration"),
        declaration.c.status.in_([constant(status) for status in IN_FORCE]),
    )
    .order_by(declaration.c.id)
    .with_for_update()
)


NEXT_STEPS = NextSteps("membership.declarations", declaration, (NextStep("signed", "assess"),))
LISTING = listing(
    Declaration,
    declaration,
    LIFECYCLE.states,
    by_whole(declaration, declaration.c.expert_id),
    Filter("year", "A year", parsed_year, lambda bound: declaration.c.year == bound),
    NEXT_STEPS.holder,
)


async def lock_earlier(connection: Connection, signed: Declaration) -> list[Declaration]:
    """The other signed declarations of its expert for its year that are not superseded, locked."""
    parameters = {"expert": signed.expert_id, "year": signed.year, "declaration": signed.id}
    return records_of(Declaration, await _EARLIER.fetch(connection, **parameters))
