"""Requesting, holding and cancelling erasures, and starting those that are due."""

from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.membership.protection.erasures import domain, queries
from services.membership.protection.erasures.record import Erasure
from services.membership.protection.erasures.tables import erasure
from services.membership.protection.privacy.queries import same_person
from services.membership.register.experts.domain import ERASURE, REQUEST, restricted, unrestricted
from services.membership.register.experts.operations import EXPERTS, sync_dependents
from services.membership.register.experts.record import Expert
from shared.auth.second_person import FirstPerson, refuse_as_second_person, require_second_person
from shared.contracts.membership import ERASURE_BEGINS, ERASURE_ENDS
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields, SecondPersonNeeded, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.erasing import delete_reports, reports_of
from shared.records.personal import ToReview
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

ERASURES: ResourceType[Erasure, domain.ErasureGuardContext] = ResourceType.of(
    Erasure, erasure, domain.LIFECYCLE, is_personal=True
)
_AT_ONCE = 10


async def request(
    uow: UnitOfWork, access: AccessScope, seen: Row, reason: str | None, second_person: UUID | None
) -> Erasure:
    """Requests the erasure of an expert: at once for the person, as a proposal that another administrator confirms for
    an administrator.

    Raises Forbidden for everybody else, Invalid without the reason of an administrator, Conflict if an erasure of the
    expert has not ended.
    """
    require(access, "erase", seen["country"], seen["id"])
    before = await EXPERTS.lock(uow, seen["id"])
    if await queries.is_open(uow.connection, before.id):
        raise Conflict("An erasure of this expert is open.", members={"reason": "erasure_requested"})
    who = access.principal
    is_confirmed = who.is_account(before.account_id) or await _acts_alone(uow, before, reason, second_person)
    requested_by = [*who.identities]
    return await _insert(uow, before, reason, requested_by, second_person, is_confirmed=is_confirmed)


async def request_by_rule(uow: UnitOfWork, before: Expert, reason: str) -> None:
    """Requests the erasure of a locked expert by a retention rule, unless one is open since the rule found the expert.
    The person or an administrator may cancel it."""
    if not await queries.is_open(uow.connection, before.id):
        await _insert(uow, before, reason, [], None, is_confirmed=True)


async def _insert(
    uow: UnitOfWork,
    before: Expert,
    reason: str | None,
    requested_by: list[UUID],
    second_person: UUID | None,
    *,
    is_confirmed: bool,
) -> Erasure:
    new = replace(
        ERASURES.new({}),
        country=before.country,
        visibility="restricted",
        status="requested" if is_confirmed else "proposed",
        expert_id=before.id,
        account_id=before.account_id,
        requested_by=requested_by,
        second_person=second_person,
        was_restricted=before.restricted_at is not None,
        subjects=[],
        due_at=now() + domain.WAITS if is_confirmed else None,
        reports={},
        review=[],
    )
    if is_confirmed:
        await _restrict(uow, before)
    return await ERASURES.insert(uow, new, reason=reason)


async def _acts_alone(uow: UnitOfWork, before: Expert, reason: str | None, second_person: UUID | None) -> bool:
    """Whether an administrator's request needs no confirmation. Raises Invalid without a reason."""
    if not reason:
        raise invalid_field("/reason", "reason_required", "A request for somebody else needs a reason.")
    try:
        fields = {"second_person": second_person}
        await require_second_person(uow.connection, uow.origin.actor, before.status, fields)
    except SecondPersonNeeded:
        return False
    return True


async def transition(uow: UnitOfWork, access: AccessScope, before: Erasure, requested: TransitionRequest) -> Erasure:
    """Applies one transition. A confirmation restricts the expert, a cancellation restores it. Raises what
    `Lifecycle.advance` raises, Invalid for the end of a hold, Forbidden for who is no second person."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    may = permitted(access, before)
    wanted = before
    if requested.action == "confirm" and may("confirm"):
        first = FirstPerson(tuple(before.requested_by), before.second_person, concerned(before.account_id))
        if not guard_context.is_requester:
            await refuse_as_second_person(uow.connection, access.principal, first)
        expert = await EXPERTS.lock(uow, before.expert_id)
        wanted = replace(before, due_at=now() + domain.WAITS, was_restricted=expert.restricted_at is not None)
    if requested.action == "hold" and may("hold"):
        wanted = replace(before, held_until=domain.end_of_hold(given(requested.fields, "until", date), today()))
    if requested.action == "release":
        wanted = replace(before, held_until=None)
    after = await ERASURES.apply_transition(uow, before, requested, guard_context, may, lambda _target: wanted)
    if requested.action == "confirm":
        await _restrict(uow, await EXPERTS.lock(uow, before.expert_id))
    if requested.action == "cancel" and before.status in domain.PENDING:
        await _restore(uow, await EXPERTS.lock(uow, before.expert_id), was_restricted=before.was_restricted)
    return after


def concerned(account: UUID | None) -> frozenset[UUID]:
    """The accounts that an erasure is about, which are never its second person."""
    return frozenset() if account is None else frozenset((account,))


async def _restrict(uow: UnitOfWork, before: Expert) -> None:
    wanted = restricted(before, ERASURE, now())
    after = await EXPERTS.write(uow, ERASURE_BEGINS, before, wanted, fact="erasure_requested")
    await sync_dependents(uow, before, after)


async def _restore(uow: UnitOfWork, before: Expert, *, was_restricted: bool) -> None:
    wanted = replace(before, restricted_for=REQUEST) if was_restricted else unrestricted(before)
    after = await EXPERTS.write(uow, ERASURE_ENDS, before, wanted, fact="restriction_lifted")
    await sync_dependents(uow, before, after)


async def load_guard_context(
    _connect: Connect, principal: Principal, record: Erasure, _fields: Fields
) -> domain.ErasureGuardContext:
    """What the guards look at, for this caller and this erasure."""
    by = record.requested_by
    is_requester = not by or not set(by).isdisjoint(principal.identities)
    return domain.ErasureGuardContext(principal.is_account(record.account_id), is_requester)


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Starts erasures whose time has come: announces each expert that is the person, so that every service erases its
    part. Ends holds that are over. At most 10 of each at once."""
    for before in await queries.lock_due(uow.connection, now(), _AT_ONCE):
        subjects = await same_person(uow.connection, before.expert_id)
        await ERASURES.apply_scheduled(uow, before, "run", replace(before, subjects=sorted(subjects)))
        for subject in sorted(subjects):
            expert = await EXPERTS.lock(uow, subject)
            EXPERTS.record_change(uow, "begin_erasure", expert, expert, "erasing")
    for before in await queries.lock_over(uow.connection, today(), _AT_ONCE):
        await ERASURES.apply_scheduled(uow, before, "resume", replace(before, held_until=None))


async def finish(uow: UnitOfWork, before: Erasure) -> Erasure:
    """Ends a running erasure with what every service has reported, the sum over the experts that are the person."""
    counts: dict[str, Counter[str]] = {}
    review: list[ToReview] = []
    for reported in await reports_of(uow.connection, before.subjects):
        counts.setdefault(reported["service"], Counter()).update(reported["rows"])
        review += [one for one in reported["review"] if one not in review]
    await delete_reports(uow.connection, before.subjects)
    reports = {service: dict(rows) for service, rows in counts.items()}
    return await ERASURES.apply_scheduled(
        uow, before, "finish", replace(before, done_at=now(), reports=reports, review=review)
    )
