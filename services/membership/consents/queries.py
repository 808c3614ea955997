"""Reading consents: for grants that cover the country or the expert."""

from typing import Any

from sqlalchemy import Select, bindparam, select

from services.membership.consents.domain import LIFECYCLE, PURPOSES
from services.membership.consents.record import Consent
from services.membership.consents.tables import consent
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant
from shared.records.listing import one_of, values
from shared.records.plain import by_grant, listing
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


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter."""
    return select(consent).where(by_grant(consent, consent.c.expert_id, access_kind))


LISTING = listing(
    Consent,
    consent,
    LIFECYCLE.states,
    visible_to,
    values("purpose", consent.c.purpose, "Purposes, separated by commas", one_of(PURPOSES)),
)


async def lock_given(connection: Connection, record: Consent) -> list[Consent]:
    """The consents in force of its expert for its purpose, locked."""
    return records_of(Consent, await _GIVEN.fetch(connection, expert=record.expert_id, purpose=record.purpose))
