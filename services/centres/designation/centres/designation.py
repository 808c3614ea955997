"""The terms of centres: opened by a designation or renewal, ended with them, and their endorsement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.centres.designation.centres import domain, queries
from services.centres.designation.centres.record import Centre, Term
from services.centres.designation.centres.tables import term
from services.centres.evaluation.evaluations import conditions
from services.centres.evaluation.evaluations.conditions import Condition
from services.centres.evaluation.evaluations.operations import cancel_planned
from services.centres.network.partnerships.operations import follow_centre as partnerships_follow
from services.centres.reporting.annual_reports.operations import open_reports, waive_by_closure, waive_by_renewal
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today, years_after
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, Lifecycle, given, given_id, transition
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.record import Document
from shared.records.references import CENTRES, require_known
from shared.records.resource_type import ResourceType, TransitionRequest

_CLOSING = ("close", "not_renew")


def _unmet(guard_context: Sequence[Condition]) -> Literal["no_open_condition"] | None:
    return conditions.unmet(guard_context)


TERM_STATES = ("current", "ended")
TERM_LIFECYCLE: Lifecycle[Sequence[Condition]] = Lifecycle(
    TERM_STATES,
    tuple(
        transition(
            conditions.MEET,
            state,
            state,
            guard=_unmet,
            fields=conditions.FIELDS,
            required=conditions.REQUIRED,
            fact="updated",
        )
        for state in TERM_STATES
    ),
)
TERMS: ResourceType[Term, Sequence[Condition]] = ResourceType.of(Term, term, TERM_LIFECYCLE)

_FOLLOW = Statement(
    sql_update(term).where(term.c.centre_id == bindparam("key")).values(visibility=bindparam("visibility"))
)
_PROFILE_FOLLOWS = "UPDATE escm.centre_profile SET visibility = $2 WHERE centre_id = $1"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal asks of a centre, and the decision that it rests on: a document, or one of a committee."""

    conditions: Sequence[Condition] = ()
    decision: Document | None = None
    decision_id: UUID | None = None


def renewal_of(fields: Fields, decision: Document | None) -> Renewal:
    """What the fields of `renew` say, with the document of the decision."""
    return Renewal(given(fields, "conditions", list) or (), decision, given_id(fields, "decision_id"))


def registered(record: Centre, serial: int) -> Centre:
    """The centre with the number and the day of its first designation."""
    number = domain.registration_number(record.country, serial)
    search_key = domain.names_search_key(record.names, number)
    numbered = replace(record, registration_number=number, registration_serial=serial, search_key=search_key)
    return replace(numbered, designated_on=today())


async def require_named(
    uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest, may: Callable[[str], bool]
) -> None:
    """Raises Invalid for a decision or a successor that a transition cannot name."""
    if may("renew"):
        await _require_decision(uow, before, requested.fields)
    if may("close"):
        await require_successor(uow, access, before, given_id(requested.fields, "successor_id"))


async def _require_decision(uow: UnitOfWork, before: Centre, fields: Fields) -> None:
    """Raises Invalid for a decision that is not one of a committee of the centre's country."""
    key = given_id(fields, "decision_id")
    if key is not None and await queries.state_of_decision(uow.connection, key, before.country) is None:
        raise invalid_field("/fields/decision_id", "unknown_reference", "The country's committee has no such decision.")


def term_of(before: Centre, requested: TransitionRequest) -> tuple[date, date]:
    """The first and the last day of the term that a step opens. Raises Invalid if it ends before it starts."""
    last_day = before.term_ends if requested.action == "renew" else None
    starts, ends = domain.term_of(last_day, requested.fields, today())
    if ends <= starts:
        raise invalid_field("/fields/ends", "invalid_date", "The term ends after it starts.")
    return starts, ends


def waiver_of(principal: Principal, requested: TransitionRequest) -> Document | None:
    """The waiver that replaces an endorsement, with the persons who proposed and confirmed it."""
    waiver = given(requested.fields, "waiver", dict)
    if not waiver:
        return None
    second = str(principal.id) if requested.proposed_by else waiver["second_person"]
    by = (requested.proposed_by or principal).label
    return {**waiver, "second_person": second, "by": by, "on": today().isoformat()}


async def open_term(
    uow: UnitOfWork,
    centre: Centre,
    starts: date,
    ends: date,
    *,
    endorsement: UUID | None = None,
    waiver: Document | None = None,
    renewal: Renewal | None = None,
    decided_on: date | None = None,
) -> Term:
    """Opens the centre's next term, with an endorsement or a waiver, what its renewal says, and the reports that it
    owes. The final report on the term before is owed no more. `decided_on` is the day of a decision from before the
    centre was entered; the default is today."""
    renewal, number = renewal or Renewal(), centre.term_number or 1
    await end_term(uow, centre, starts - timedelta(days=1))
    if number > 1:
        await waive_by_renewal(uow, centre.id)
    new = replace(
        TERMS.new({}),
        status="current",
        country=centre.country,
        visibility=centre.visibility,
        centre_id=centre.id,
        number=number,
        starts=starts,
        ends=ends,
        terms_of_reference=centre.terms_of_reference,
        work_plan=centre.work_plan,
        decided_on=decided_on or today(),
        endorsement_id=endorsement,
        waiver=waiver,
        conditions=renewal.conditions,
        decision=renewal.decision,
        decision_id=renewal.decision_id,
    )
    opened = await TERMS.insert(uow, new)
    is_earlier = decided_on is not None
    await open_reports(uow, centre.id, centre.country, opened.id, starts, ends, are_earlier_known=is_earlier)
    return opened


def with_step(before: Centre, entered: Centre, requested: TransitionRequest) -> Centre:
    """The centre with what a step says of it: what everybody reads, until when its suspension is reviewed, why it
    closes and which centre follows it. Raises Invalid for days out of bounds."""
    fields = requested.fields
    after = replace(
        entered,
        public_note=given(fields, "public_note", str),
        noted_version=before.version + 1,
        review_by=_review_day(fields) if requested.action == "suspend" else None,
    )
    if requested.action not in _CLOSING:
        return after
    earliest = min(before.term_starts or today(), today())
    if not earliest <= closing_day(fields) <= today():
        raise invalid_field("/fields/effective", "out_of_range", f"From {earliest} to today.")
    cause, successor = given(fields, "cause", str), given_id(fields, "successor_id")
    closed = replace(after, pending_change=None, pending_closure=None, closed_on=closing_day(fields))
    return replace(closed, closure_cause=cause, successor_id=successor)


def _review_day(fields: Fields) -> date:
    latest = years_after(today(), 1)
    found = given(fields, "review_by", date) or latest
    if not today() <= found <= latest:
        raise invalid_field("/fields/review_by", "out_of_range", f"From today to {latest}.")
    return found


def closing_day(fields: Fields) -> date:
    """The last day of a centre that closes: today, if the step names none."""
    return given(fields, "effective", date) or today()


async def require_successor(uow: UnitOfWork, access: AccessScope, before: Centre, successor: UUID | None) -> None:
    """Raises Invalid for a successor that the caller may not know of, that is in no term, or the centre itself."""
    if successor is None:
        return
    found = await queries.centre_of(uow.connection, successor)
    known = require_known(access.principal, found, CENTRES, domain.PUBLISHED, "/fields/successor_id")
    if known.status not in domain.IN_TERM or known.id == before.id:
        raise invalid_field("/fields/successor_id", "invalid_value", "Another centre that is designated.")


async def close_term(uow: UnitOfWork, centre: Centre, day: date) -> None:
    """Ends the current term of a centre that closes on this day, waives the reports that it no longer owes, and cancels
    its planned evaluations."""
    await end_term(uow, centre, day)
    await waive_by_closure(uow, centre.id, day)
    await cancel_planned(uow, centre.id)


async def end_term(uow: UnitOfWork, centre: Centre, day: date) -> None:
    """Ends the centre's current term, if it has one, on this day, or on its last day if that is earlier."""
    current = await queries.lock_current_term(uow.connection, centre.id)
    if current is not None:
        await TERMS.update(uow, current, replace(current, status="ended", ended_on=min(day, current.ends)))


async def follow_centre(uow: UnitOfWork, centre: Centre) -> None:
    """Copies the centre's visibility to its terms, its profile and its partnerships."""
    await _FOLLOW.execute(uow.connection, key=centre.id, visibility=centre.visibility)
    await uow.connection.execute(_PROFILE_FOLLOWS, centre.id, centre.visibility)
    await follow_state(uow, centre)


async def follow_state(uow: UnitOfWork, centre: Centre) -> None:
    """Hides and shows the partnerships of a centre with it, and ends them if it has ended."""
    await partnerships_follow(uow, centre.id, centre.country, centre.status, centre.visibility)


async def follow_consent(uow: UnitOfWork, country: str) -> None:
    """Marks the country's endorsed terms if no endorsement is valid any more, and clears the mark if one is again.

    Needs a context that may read every row. Reads the present state, so late and repeated facts have no further effect.
    """
    holds = await queries.consent_level(uow.connection, country) >= domain.ENDORSEMENT_LEVEL
    for current in await queries.lock_endorsed_terms(uow.connection, country):
        lapsed = None if holds else current.consent_lapsed_on or today()
        await TERMS.update(uow, current, replace(current, consent_lapsed_on=lapsed))
