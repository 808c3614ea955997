"""Writing broadcasts: one function per verb."""

from dataclasses import replace

from services.membership.mailing.broadcasts import domain
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.segments import parsed_segment
from services.membership.mailing.broadcasts.tables import broadcast
from shared.auth.second_person import FirstPerson, refuse_as_second_person
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, Forbidden
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import SYSTEM, Principal
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

BROADCASTS: ResourceType[Broadcast, domain.BroadcastGuardContext] = ResourceType.of(
    Broadcast, broadcast, domain.LIFECYCLE
)
SEND_JOB, TEST_JOB = "send_broadcasts", "test_broadcast"
"""The job that sends all broadcasts, one at a time, and the one that mails a test."""


async def create(uow: UnitOfWork, access: AccessScope, new: Broadcast) -> Broadcast:
    """Inserts a draft. Raises Forbidden without the permission, Invalid for texts without English and for a filter or
    value that the list of experts refuses."""
    require(access, "create", None)
    _check(new)
    authors = sorted(access.principal.identities)
    return await BROADCASTS.insert(uow, replace(new, status="draft", visibility="restricted", authors=authors))


async def update(uow: UnitOfWork, access: AccessScope, before: Broadcast, wanted: Broadcast) -> Broadcast:
    """Updates a draft, of which the caller becomes an author. Raises Conflict for an approved one."""
    if wanted == before:
        return before
    if before.status != "draft":
        raise Conflict("An approved broadcast cannot be changed: cancel it, and make another one.")
    _check(wanted)
    authors = sorted({*before.authors, *access.principal.identities})
    return await BROADCASTS.update(uow, before, replace(wanted, authors=authors))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Broadcast, requested: TransitionRequest
) -> Broadcast:
    """Applies one transition. `test` mails the caller, `start` and `resume` begin to send. Raises what
    `Lifecycle.advance` raises, and Forbidden for an approval by an author or a client, and for a test by a client."""
    may, who = permitted(access, before), access.principal
    if requested.action == "approve" and may("approve") and before.status == "draft":
        await refuse_as_second_person(uow.connection, who, FirstPerson(tuple(before.authors)))
    if requested.action == "test" and may("test") and who.account_id is None:
        raise Forbidden("A test is mailed to the person who takes it.", members={"reason": "not_permitted"})
    guard_context = await load_guard_context(uow.connect, who, before, requested.fields)
    after = await BROADCASTS.apply_transition(uow, before, requested, guard_context, may)
    if requested.action == "test":
        payload = {"broadcast": str(before.id), "account": str(who.account_id)}
        defer(uow, "membership", TEST_JOB, payload, created_by=uow.origin.actor.label)
    if after.status in ("sending", "cancelled"):
        defer(uow, "membership", SEND_JOB, {}, created_by=SYSTEM.label)
    return after


async def load_guard_context(
    _connect: Connect, principal: Principal, record: Broadcast, _fields: Fields
) -> domain.BroadcastGuardContext:
    """What the guards look at, for this caller and this broadcast."""
    is_author = not set(record.authors).isdisjoint(principal.identities)
    return domain.BroadcastGuardContext(is_author, principal.account_id is not None)


def _check(wanted: Broadcast) -> None:
    domain.check_texts(wanted.subjects, wanted.texts)
    parsed_segment(wanted.segment)
