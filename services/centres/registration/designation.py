"""The terms of centres: opened by a designation or renewal, ended with them, and the consent that they rest on."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.centres.registration import domain, queries
from services.centres.registration.record import Term
from services.centres.registration.tables import term
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.lifecycle import Lifecycle
from shared.records.resource_type import ResourceType

TERM_STATES = ("current", "ended")
TERMS: ResourceType[None] = ResourceType.of(Term, term, Lifecycle(TERM_STATES, ()))

_FOLLOW = Statement(
    sql_update(term).where(term.c.centre_id == bindparam("key")).values(visibility=bindparam("visibility"))
)


async def open_term(uow: UnitOfWork, centre: Row, consent: dict[str, Any]) -> Row:
    """The term that the centre's columns tell of. `consent` holds `endorsement_id` and `waiver`."""
    await end_term(uow, centre, centre["term_starts"] - timedelta(days=1))
    return await TERMS.insert(
        uow,
        {
            "status": "current",
            "country": centre["country"],
            "visibility": centre["visibility"],
            "centre_id": centre["id"],
            "number": centre["term_number"],
            "starts": centre["term_starts"],
            "ends": centre["term_ends"],
            "terms_of_reference": centre["terms_of_reference"],
            "work_plan": centre["work_plan"],
            "decided_on": today(),
            **consent,
        },
    )


async def end_term(uow: UnitOfWork, centre: Row, day: date) -> None:
    """Ends the centre's current term, if it has one, on this day, or on its last one where that lies before."""
    current = await queries.lock_current_term(uow.connection, centre["id"])
    if current is not None:
        await TERMS.update(uow, current, {"status": "ended", "ended_on": min(day, current["ends"])})


async def follow_centre(uow: UnitOfWork, centre: Row) -> None:
    """Gives the centre's terms its visibility."""
    await _FOLLOW.execute(uow.connection, key=centre["id"], visibility=centre["visibility"])


async def follow_consent(uow: UnitOfWork, country: str) -> None:
    """Marks the country's endorsed terms when no endorsement holds any more, and clears the mark when one does again.

    Needs a context that sees every row. Late and repeated facts do no harm: what counts is how things stand now.
    """
    holds = await queries.consent_level(uow.connection, country) >= domain.ENDORSEMENT_LEVEL
    for current in await queries.lock_endorsed_terms(uow.connection, country):
        lapsed: date | None = None if holds else current["consent_lapsed_on"] or today()
        await TERMS.update(uow, current, {"consent_lapsed_on": lapsed})
