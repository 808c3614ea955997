"""Reading consents: for grants that cover the country or the expert."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.mailing.consents.domain import LIFECYCLE, PURPOSES
from services.membership.mailing.consents.record import Consent
from services.membership.mailing.consents.tables import consent
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import one_of, values
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

_GIVEN = Statement(
    select(consent)
    .where(
        consent.c.expert_id == bindparam("expert"),
        consent.c.purpose == bindparam("purpose"),
        consent.c.status == constant("given"),
    )
    .order_by(consent.c.id)
    .with_for_update()
)


LISTING = listing(
    Consent,
    consent,
    LIFECYCLE.states,
    by_whole(consent, consent.c.expert_id),
    values("purpose", consent.c.purpose, "Purposes, separated by commas", one_of(PURPOSES)),
)


async def lock_given(connection: Connection, expert: UUID, purpose: str) -> list[Consent]:
    """The consents in force of an expert for a purpose, locked."""
    return records_of(Consent, await _GIVEN.fetch(connection, expert=expert, purpose=purpose))
