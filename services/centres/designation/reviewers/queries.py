"""Reading invitations to review centres: for grants that cover the country, and for the invited expert."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select, true, union_all

from services.centres.designation.centres.tables import centre
from services.centres.designation.reviewers.domain import FIRST_REMINDER, LAST_REMINDER, LIFECYCLE, LIVING, OPEN
from services.centres.designation.reviewers.record import Reviewer
from services.centres.designation.reviewers.tables import review, reviewer
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.errors import NotFound
from shared.records.access_scope import constant
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_whole, listing, without
from shared.records.reminding import latest_of, taking
from shared.records.rows import records_of

_AT_ONCE = 200
_account = select(views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == reviewer.c.expert_id).scalar_subquery()
_has_no_conflict = reviewer.c.conflict_of_interest.is_not(true())
NEXT_STEPS = NextSteps(
    "centres.reviewers",
    reviewer,
    (
        NextStep("invited", "accept", _account, is_personal=True),
        NextStep("accepted", "review", _account, is_personal=True, only=_has_no_conflict),
    ),
)
LISTING = listing(Reviewer, reviewer, LIFECYCLE.states, by_whole(reviewer, reviewer.c.expert_id), NEXT_STEPS.holder)
OF_CENTRE = without(LISTING, "holder")
"""The list of one centre's invitations."""
_living = reviewer.c.status.in_([constant(status) for status in LIVING])
_of_centre = reviewer.c.centre_id == bindparam("centre")
_LIVING = Statement(select(reviewer).where(_of_centre, _living).order_by(reviewer.c.id).with_for_update())
_open = reviewer.c.status.in_([constant(status) for status in OPEN])
_of_expert = (_of_centre, reviewer.c.expert_id == bindparam("expert"))
_OPEN_OF = Statement(select(reviewer).where(*_of_expert, _open).order_by(reviewer.c.id).with_for_update())
_CONFLICT = Statement(select(reviewer.c.id).where(*_of_expert, _living, reviewer.c.conflict_of_interest).limit(1))
_REVIEWERS = Statement(
    union_all(
        select(reviewer.c.expert_id).where(_of_centre, _living),
        select(review.c.reviewer_id).where(review.c.centre_id == bindparam("centre")),
    )
)
_EXPERT = Statement(
    select(views.EXPERTS.c.status, views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == bindparam("expert"))
)
_INVITED = Lookup(
    select(reviewer.c.expert_id, centre.c.status.label("centre_status"), _account.label("account_id"))
    .select_from(reviewer.join(centre, centre.c.id == reviewer.c.centre_id))
    .where(reviewer.c.id == bindparam("reviewer"))
    .limit(1)
)
_planned = latest_of([reviewer.c.due - FIRST_REMINDER.days, reviewer.c.due - LAST_REMINDER.days])
_is_due = reviewer.c.due.between(TODAY, TODAY + FIRST_REMINDER.days)
_TAKE_DUE = taking(reviewer, _planned, _open, _is_due, _has_no_conflict, order=(reviewer.c.due,), most=_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Invited:
    """The expert of an invitation, the account of the expert, and the state of the centre."""

    expert_id: UUID
    account_id: UUID | None
    centre_status: str


async def find_invited(connection: Connection, key: UUID) -> Invited | None:
    """Whom an invitation is for, whatever the caller may read; None if there is no such invitation."""
    row = await _INVITED.fetchrow(connection, reviewer=key)
    return Invited(row["expert_id"], row["account_id"], row["centre_status"]) if row else None


async def invited(connection: Connection, key: UUID) -> Invited:
    """Like `find_invited`. Raises NotFound if there is no such invitation."""
    found = await find_invited(connection, key)
    if found is None:
        raise NotFound
    return found


async def expert_of(connection: Connection, expert: UUID) -> Row | None:
    """State and account of an expert whom the caller may know of."""
    return await _EXPERT.fetchrow(connection, expert=expert)


async def reviewers_of(connection: Connection, centre: UUID) -> list[UUID]:
    """The experts who are invited to review a centre, or have reviewed it."""
    return [row["expert_id"] for row in await _REVIEWERS.fetch(connection, centre=centre)]


async def lock_living(connection: Connection, centre: UUID) -> list[Reviewer]:
    """The invitations to a centre that have not ended, locked."""
    return records_of(Reviewer, await _LIVING.fetch(connection, centre=centre))


async def lock_open_of(connection: Connection, centre: UUID, expert: UUID) -> list[Reviewer]:
    """The invitations of an expert to a centre whose review is missing, locked: one, or several after a merge."""
    return records_of(Reviewer, await _OPEN_OF.fetch(connection, centre=centre, expert=expert))


async def states_conflict(connection: Connection, centre: UUID, expert: UUID) -> bool:
    """Whether an expert has stated a conflict of interest when accepting to review a centre."""
    return await _CONFLICT.fetchval(connection, centre=centre, expert=expert) is not None


async def take_due(connection: Connection, today: date) -> list[Reviewer]:
    """Marks up to 200 invitations whose experts are to be reminded today, and returns them. Skips those that another
    transaction locks. Their versions stay."""
    return records_of(Reviewer, await _TAKE_DUE.fetch(connection, today=today))
