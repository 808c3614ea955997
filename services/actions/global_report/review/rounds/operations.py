"""Writing rounds of review: one function per verb, and what the schedule does."""

from collections.abc import Collection
from dataclasses import replace

from services.actions.global_report.contributions.operations import comments_lock
from services.actions.global_report.editions.domain import require_living
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.review.rounds import domain, queries
from services.actions.global_report.review.rounds.record import ReviewRound
from services.actions.global_report.review.rounds.tables import review_round
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Invalid, invalid_field
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

ROUNDS: ResourceType[ReviewRound, domain.RoundGuardContext] = ResourceType.of(
    ReviewRound, review_round, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, of: Edition, new: ReviewRound) -> ReviewRound:
    """Inserts a planned round. Raises Forbidden outside the caller's grants, Conflict for an edition that has ended or
    is frozen (`edition_frozen`), Invalid for contributions that are not of the edition or not written, and for instants
    out of order."""
    require(access, "create", None, of.id)
    require_living(of)
    number = new.number or await queries.next_number(uow.connection, of.id)
    placed = replace(new, edition_id=of.id, number=number, country=None, visibility="restricted", status="planned")
    await _check(uow, None, placed)
    return await ROUNDS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: ReviewRound, wanted: ReviewRound) -> ReviewRound:
    """Updates a planned round; one that is open changes when it closes, and gets more contributions. Raises Conflict
    otherwise, Invalid as `create` does."""
    changed = differing(before, wanted).keys()
    is_more = set(before.contributions) <= set(wanted.contributions)
    if changed and not (before.status == "planned" or (_is_open(before, changed) and is_more)):
        raise Conflict("This does not change any more.", members={"current_state": before.status})
    if changed:
        await _check(uow, before, wanted)
    return await ROUNDS.update(uow, before, wanted)


def _is_open(before: ReviewRound, changed: Collection[str]) -> bool:
    return before.status == "open" and set(changed) <= {"closes", "contributions"}


async def _check(uow: UnitOfWork, before: ReviewRound | None, wanted: ReviewRound) -> None:
    if wanted.closes <= max(wanted.opens, now()):
        raise invalid_field("/closes", "invalid_date", "A round closes after it opens, and after now.")
    known = before.contributions if before else ()
    states = await queries.states_of(uow.connection, wanted.edition_id, wanted.contributions)
    faults = [
        FieldError("unknown_reference", "The edition has no such contribution in writing.", f"/contributions/{place}")
        for place, key in enumerate(wanted.contributions)
        if key not in known and states.get(key) not in domain.REVIEWED
    ]
    if faults:
        raise Invalid(errors=faults)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: ReviewRound, requested: TransitionRequest
) -> ReviewRound:
    """Applies one transition, with its time. `complete` waits for comments that are being written. Raises what
    `Lifecycle.advance` raises."""
    if requested.action == "complete":
        await lock_names(uow.connection, comments_lock(before.edition_id))
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = domain.moved(before, requested.action, now())
    return await ROUNDS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), lambda _target: after
    )


async def load_guard_context(
    connect: Connect, _principal: Principal, record: ReviewRound, _fields: Fields
) -> domain.RoundGuardContext:
    """The inputs of the guards for this round."""
    has_open_comments = False
    if record.status == "answering":
        async with connect() as connection:
            has_open_comments = await queries.has_open_comments(connection, record.id)
    return domain.RoundGuardContext(has_open_comments)


async def remind(uow: UnitOfWork) -> None:
    """Announces that open rounds close soon, once for each day of a reminder; at most 100."""
    for one in await queries.take_reminded(uow.connection, today()):
        ROUNDS.record_change(uow, "remind", one, one, "closing")


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens and closes the rounds whose instant has come; at most 100 at once."""
    for before in await queries.lock_due(uow.connection, now()):
        await ROUNDS.apply_scheduled(uow, before, "open" if before.status == "planned" else "close")
