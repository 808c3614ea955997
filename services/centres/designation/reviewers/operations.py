"""Writing invitations to review centres: one function per verb, and what follows from reviews, centres and the
schedule."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.designation.centres.domain import REVIEWABLE
from services.centres.designation.centres.operations import lock_under_review, not_under_review
from services.centres.designation.centres.record import Centre
from services.centres.designation.reviewers import domain, queries
from services.centres.designation.reviewers.record import Reviewer
from services.centres.designation.reviewers.tables import reviewer
from services.centres.references import belongs_to, require_experts
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.mail import tokens
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

REVIEWERS: ResourceType[Reviewer, domain.ReviewerGuardContext] = ResourceType.of(
    Reviewer, reviewer, domain.LIFECYCLE, is_personal=True
)
_ACTIVE = frozenset(("active", "grace"))


async def create(uow: UnitOfWork, access: AccessScope, centre: Centre, new: Reviewer) -> Reviewer:
    """Invites an expert to review a centre. `access` is the access scope for reviewers.

    Raises Forbidden outside the caller's grant and for the caller's own record, Conflict if the centre is not under
    review, the expert is not active or is a reviewer of the centre already, Invalid for an unknown expert, one who
    belongs to the host, directs the centre or has applied for it, and for a due day outside the next year.
    """
    require(access, "create", centre.country)
    return await _invite(uow, centre.id, new, "")


async def update(uow: UnitOfWork, _access: AccessScope, before: Reviewer, wanted: Reviewer) -> Reviewer:
    """Changes the due day. Raises Conflict if the review is not awaited, Invalid for a day outside the next year."""
    if before.status not in domain.OPEN:
        raise Conflict("The review is not awaited any more.", members={"current_state": before.status})
    if wanted.due != before.due:
        _require_due(wanted.due, "/due")
        wanted = replace(wanted, reminded_on=today())
    return await REVIEWERS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Reviewer, requested: TransitionRequest) -> Reviewer:
    """Applies one transition. `replace` invites the successor in the same transaction.

    Raises what `Lifecycle.advance` raises, Conflict for an acceptance if the centre is not under review, and for
    `replace` also what `create` raises.
    """
    invited = await queries.invited(uow.connection, before.id)
    successor: Reviewer | None = None

    def effects(_target: str) -> Reviewer:
        nonlocal successor
        if requested.action == "replace":
            successor = REVIEWERS.new(_successor(requested.fields))
            return replace(before, replaced_by=successor.id)
        if requested.action == "accept" and invited.centre_status not in REVIEWABLE:
            raise not_under_review(invited.centre_status)
        return _stated(before, requested)

    guard_context, may = _guard_context(access.principal, invited), permitted(access, before)
    after = await REVIEWERS.apply_transition(uow, before, requested, guard_context, may, effects)
    if successor is not None:
        await _invite(uow, before.centre_id, successor, "/fields")
    return after


async def decide(uow: UnitOfWork, token: str, requested: TransitionRequest) -> Reviewer:
    """Accepts or declines an invitation with the token of its mail. The same decision may be repeated.

    Raises Invalid `token_not_valid` for an unknown or expired token, another decision, and an invitation or a review
    that has ended.
    """
    found = await tokens.lock(uow.connection, service=tokens.MEMBERSHIP, purpose=tokens.REVIEW, token=token, at=now())
    invited = await queries.find_invited(uow.connection, found.subject_id) if found else None
    if found is None or invited is None:
        raise tokens.token_not_valid()
    await uow.allow_record(invited.expert_id)
    before = await REVIEWERS.lock(uow, found.subject_id)
    after = _stated(before, requested)
    if before.status == domain.DECISIONS[requested.action] and after == before:
        return before
    if before.status != "invited" or invited.centre_status not in REVIEWABLE:
        raise tokens.token_not_valid()
    guard_context = domain.ReviewerGuardContext(is_own=True)
    return await REVIEWERS.apply_transition(
        uow, before, requested, guard_context, lambda _verb: True, lambda _target: after
    )


async def load_guard_context(
    connect: Connect, principal: Principal, record: Reviewer, _fields: Fields
) -> domain.ReviewerGuardContext:
    """Loads the inputs of the guards for this caller and this invitation."""
    async with connect() as connection:
        return _guard_context(principal, await queries.invited(connection, record.id))


async def complete(uow: UnitOfWork, centre: UUID, expert: UUID) -> None:
    """Completes the invitations of an expert whose review of a centre is entered. The caller locks the centre
    afterwards, and has allowed the expert."""
    for before in await queries.lock_open_of(uow.connection, centre, expert):
        await REVIEWERS.apply_scheduled(uow, before, "complete")


async def end_with_centre(uow: UnitOfWork, centre: UUID) -> None:
    """Ends the invitations to a centre whose review has ended."""
    for before in await queries.lock_living(uow.connection, centre):
        await REVIEWERS.apply_scheduled(uow, before, "end")


async def remind(uow: UnitOfWork) -> None:
    """Announces reminders that are due, each once for its invitation and day; at most 200."""
    for one in await queries.take_due(uow.connection, today()):
        REVIEWERS.record_change(uow, "remind", one, one, "review_due")


def _guard_context(principal: Principal, invited: queries.Invited) -> domain.ReviewerGuardContext:
    return domain.ReviewerGuardContext(is_own=principal.is_account(invited.account_id))


async def _invite(uow: UnitOfWork, centre: UUID, new: Reviewer, pointer: str) -> Reviewer:
    """Inserts an invitation. `pointer` leads to its fields in the body."""
    named = f"{pointer}/expert_id"
    _require_due(new.due, f"{pointer}/due")
    await require_experts(uow, {named: new.expert_id})
    of = await lock_under_review(uow, centre)
    await _require_eligible(uow, of, new.expert_id, named)
    reviewers = await queries.reviewers_of(uow.connection, of.id)
    if new.expert_id in reviewers:
        raise _conflict("This expert is a reviewer of the centre.", named)
    if len(reviewers) >= domain.MOST_PER_CENTRE:
        raise Conflict(f"A centre has at most {domain.MOST_PER_CENTRE} reviewers.")
    placed = replace(
        new,
        centre_id=of.id,
        centre_names=of.names,
        country=of.country,
        visibility="restricted",
        status="invited",
        reminded_on=today(),
    )
    return await REVIEWERS.insert(uow, placed, fact="invited")


async def _require_eligible(uow: UnitOfWork, of: Centre, expert: UUID, pointer: str) -> None:
    found = await queries.expert_of(uow.connection, expert)
    if found is None or found["status"] not in _ACTIVE:
        raise _conflict("This expert is not active.", pointer)
    account, actor = found["account_id"], uow.origin.actor
    if account is not None and account in actor.identities:
        raise Forbidden("Another officer invites you.", members={"reason": "own_grant"})
    if expert == of.director_id or (account is not None and of.created_by == f"account:{account}"):
        raise invalid_field(pointer, "reviewer_concerned", "The reviewer directs the centre or has applied for it.")
    if await belongs_to(uow.connection, expert, of.host_institution_id, today().isoformat()):
        raise invalid_field(pointer, "reviewer_of_host", "The reviewer belongs to the host institution.")


def _stated(before: Reviewer, requested: TransitionRequest) -> Reviewer:
    """The invitation with what its expert states when accepting it. A described conflict is a conflict."""
    if requested.action != "accept":
        return before
    conflict = given(requested.fields, "conflict", str)
    has_conflict = conflict is not None or bool(given(requested.fields, "conflict_of_interest", bool))
    return replace(before, conflict_of_interest=has_conflict, conflict=conflict)


def _successor(fields: Fields) -> Mapping[str, UUID | date]:
    named = {"expert_id": given(fields, "expert_id", UUID), "due": given(fields, "due", date)}
    values = {name: value for name, value in named.items() if value is not None}
    missing = [FieldError("required", "Required.", pointer=f"/fields/{name}") for name in named if name not in values]
    if missing:
        raise Invalid(errors=missing)
    return values


def _require_due(day: date, pointer: str) -> None:
    if not domain.is_due_day(day, today()):
        raise invalid_field(pointer, "out_of_range", "After today, and at most 365 days from it.")


def _conflict(detail: str, pointer: str) -> Conflict:
    return Conflict(detail, errors=[FieldError("conflict", detail, pointer=pointer)])
