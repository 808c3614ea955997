"""Reading committees, and the inputs of their guards."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, column, func, select

from services.centres.committees.committees.domain import LIFECYCLE, PUBLISHED
from services.centres.committees.committees.record import Committee
from services.centres.committees.committees.tables import committee
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

_counts = func.escm.centre_committee_filled_seats(bindparam("committee", type_=Uuid)).table_valued(
    *(column(name, Integer) for name in ("presidents", "secretaries", "seats"))
)
_SEATS = Statement(select(_counts.c.presidents, _counts.c.secretaries, _counts.c.seats))

_ONE = Statement(select(committee).where(committee.c.id == bindparam("committee")))

_decision = views.DECISIONS.c
_DECISION = Lookup(
    select(_decision.status, _decision.decided_on)
    .where(
        _decision.id == bindparam("decision", type_=Uuid),
        _decision.committee_id == bindparam("committee", type_=Uuid),
    )
    .limit(1)
)

NEXT_STEPS = NextSteps("centres.committees", committee, (NextStep("recognition_review", "recognise"),))
LISTING = listing(Committee, committee, LIFECYCLE.states, by_itself(committee, PUBLISHED), NEXT_STEPS.holder)


@dataclass(frozen=True, slots=True)
class FilledSeats:
    """The number of a committee's presidents, secretaries and filled seats of any office today."""

    presidents: int
    secretaries: int
    all: int


async def committee_of(connection: Connection, key: UUID) -> Committee | None:
    """The committee within the connection's context."""
    row = await _ONE.fetchrow(connection, committee=key)
    return record_of(Committee, row) if row else None


async def seats_of(connection: Connection, key: UUID) -> FilledSeats:
    """The filled seats of a committee, regardless of the caller."""
    (row,) = await _SEATS.fetch(connection, committee=key)
    return FilledSeats(row["presidents"], row["secretaries"], row["seats"])


async def is_decision_of(connection: Connection, decision: UUID, committee: UUID) -> bool:
    """Whether a decision is one of the committee, in any state, regardless of the caller."""
    return await _DECISION.fetchrow(connection, decision=decision, committee=committee) is not None


async def adopted_on(connection: Connection, decision: UUID, committee: UUID) -> date | None:
    """The day on which the committee adopted a decision; None if it has not."""
    row = await _DECISION.fetchrow(connection, decision=decision, committee=committee)
    return row["decided_on"] if row and row["status"] == "adopted" else None
