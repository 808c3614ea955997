"""Writing webhooks: one function per verb. Each writes its row, one audit entry and one fact."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.access.authority.grants.queries import is_active
from services.access.notifying.feed.domain import share_of, type_pattern
from services.access.notifying.webhooks import deliveries, domain, queries
from services.access.notifying.webhooks.domain import LIFECYCLE, WebhookGuardContext, may_own
from services.access.notifying.webhooks.keys import Key, KeySeal
from services.access.notifying.webhooks.record import Webhook
from services.access.notifying.webhooks.tables import webhook
from shared.contracts.registry import FACTS
from shared.database.ids import uuid7
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.egress.destinations import Destinations
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import SHOWN_ONCE, ResourceType, TransitionRequest

WEBHOOKS: ResourceType[Webhook, WebhookGuardContext] = ResourceType.of(Webhook, webhook, LIFECYCLE)
REPLAY_JOB = "replay_webhook"


OPENING, SEAL = "webhooks opening", "webhooks seal"
"""In the scratch of a unit of work: the `Destinations` and the `KeySeal` of the installation."""


async def create(uow: UnitOfWork, access: AccessScope, new: Webhook) -> tuple[Webhook, Key]:
    """Inserts a webhook at the end of the feed, and sends a ping. Returns it and its key, whose secret is shown only
    once.

    Raises Forbidden for a caller who may own none, or for another owner than the caller without the permission to
    create, Invalid for an address or a type that cannot be, Conflict if the owner has 20.
    """
    principal = access.principal
    reach: list[str] | None = []
    if (new.owner_kind, new.owner_id) == (str(principal.kind), principal.id):
        reach = share_of(principal).reach
        if not may_own(principal, "write"):
            raise Forbidden("You cannot have webhooks.", members={"reason": "not_permitted"})
    else:
        require(access, "create", None)
        if not await is_active(uow.connection, new.owner_kind, new.owner_id):
            raise unknown_reference("/owner/id", "account or client in use")
    _check(uow, new)
    if await queries.living(uow.connection, new.owner_id) >= domain.MOST_OF_OWNER:
        raise Conflict(f"An owner has at most {domain.MOST_OF_OWNER} webhooks.", code="too_many_webhooks")
    made = await WEBHOOKS.insert(uow, replace(new, status="unverified", visibility="restricted"))
    await queries.add_state(uow.connection, made.id, reach)
    key = await _add_key(uow, made.id)
    await _enter_ping(uow, made)
    return made, key


async def update(uow: UnitOfWork, _access: AccessScope, before: Webhook, wanted: Webhook) -> Webhook:
    """Changes a webhook. One with another address has to answer a ping again."""
    _check(uow, wanted)
    if before.status == "ended":
        raise Conflict("The webhook has ended.")
    if wanted.url != before.url:
        await queries.begin_again(uow.connection, before.id)
        wanted = replace(wanted, status="disabled" if before.status == "disabled" else "unverified")
    after = await WEBHOOKS.update(uow, before, wanted)
    if after.url != before.url and after.status == "unverified":
        await _enter_ping(uow, after)
    return after


async def transition(uow: UnitOfWork, access: AccessScope, before: Webhook, requested: TransitionRequest) -> Webhook:
    """Applies one transition: `enable` and `ping` enter a test event, `disable` ends open deliveries, `resume` may skip
    what waits. Raises what `Lifecycle.advance` raises, Invalid for another `from`."""
    if requested.fields.get("from") not in (None, "here", "now"):
        raise invalid_field("/fields/from", "not_one_of", "One of: here, now.")
    context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = await WEBHOOKS.apply_transition(uow, before, requested, context, permitted(access, before))
    match requested.action:
        case "resume" if requested.fields.get("from") == "now":
            await queries.skip_to_head(uow.connection, before.id)
        case "disable":
            await deliveries.cancel_open(uow.connection, before.id)
        case "enable":
            await queries.begin_again(uow.connection, before.id)
            await _enter_ping(uow, after)
        case "ping":
            await _enter_ping(uow, after)
    return after


async def rotate(uow: UnitOfWork, access: AccessScope, before: Webhook, requested: TransitionRequest) -> None:
    """Adds a key, whose secret only this response shows; the present ones sign for so many hours more."""
    hours = requested.fields.get("overlap_hours")
    if hours is not None and (not isinstance(hours, int) or not 0 <= hours <= domain.LONGEST_OVERLAP):
        raise invalid_field("/fields/overlap_hours", "out_of_range", f"Hours from 0 to {domain.LONGEST_OVERLAP}.")
    await transition(uow, access, before, requested)
    until = now() + timedelta(hours=domain.OVERLAP if hours is None else hours)
    await queries.end_keys(uow.connection, before.id, until)
    uow.scratch[SHOWN_ONCE] = (await _add_key(uow, before.id)).shown_secret


async def end(uow: UnitOfWork, key: UUID) -> None:
    """Ends a webhook for good, with its keys. A second call changes nothing."""
    before = await WEBHOOKS.lock(uow, key)
    if before.status != "ended":
        await _end(uow, before)


async def end_all(uow: UnitOfWork, owner: UUID) -> None:
    """Ends the webhooks of an owner that is erased."""
    for before in await queries.lock_living(uow.connection, owner):
        await _end(uow, before)


async def give_up(uow: UnitOfWork, key: UUID) -> bool:
    """Disables a webhook for the system. False if it is disabled or has ended."""
    before = await WEBHOOKS.lock(uow, key)
    if before.status not in ("unverified", "active", "paused"):
        return False
    await WEBHOOKS.apply_scheduled(uow, before, "give_up")
    await deliveries.cancel_open(uow.connection, key)
    return True


def order_replay(uow: UnitOfWork, key: UUID, payload: dict[str, object]) -> UUID:
    """Enqueues a replay. Returns the id of its job."""
    return defer(uow, "access", REPLAY_JOB, {"webhook": str(key), **payload}, created_by=uow.origin.actor.label)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Webhook, _fields: Fields
) -> WebhookGuardContext:
    """Loads whether the address of a webhook was verified."""
    async with connect() as connection:
        state = await queries.state_of(connection, record.id)
    return WebhookGuardContext(state is not None and state["verified_at"] is not None)


async def _end(uow: UnitOfWork, before: Webhook) -> None:
    await WEBHOOKS.apply_scheduled(uow, before, "end")
    await deliveries.cancel_open(uow.connection, before.id)
    await queries.drop_keys(uow.connection, before.id)


async def _add_key(uow: UnitOfWork, webhook_id: UUID) -> Key:
    seal: KeySeal = uow.scratch[SEAL]
    key, identity = Key.new(), uuid7()
    sealed = seal.seal(key, identity)
    await queries.add_key(uow.connection, webhook_id, id=identity, sealed=sealed, public=key.public, starts_at=now())
    return key


async def _enter_ping(uow: UnitOfWork, record: Webhook) -> None:
    """Enters a ping, which has one attempt."""
    await deliveries.enter(uow.connection, record.id, [(None, deliveries.ping_of(record))])


def _check(uow: UnitOfWork, wanted: Webhook) -> None:
    """Raises Invalid for an address that is not opened, and for types of which there is none."""
    opening: Destinations = uow.scratch[OPENING]
    if (fault := opening.fault_of(wanted.url)) is not None:
        detail = {
            "unusable_url": "An https address of a public host, at an allowed port, without user and fragment.",
            "address_refused": "The address is not public.",
        }[fault]
        raise Invalid(detail, code=fault, errors=[FieldError(fault, detail, pointer="/url")])
    for place, pattern in enumerate(wanted.types):
        if not _is_known(pattern):
            detail = "There is no such type of event."
            error = FieldError("unknown_event_type", detail, pointer=f"/types/{place}")
            raise Invalid(detail, code="unknown_event_type", errors=[error])


def _is_known(pattern: str) -> bool:
    try:
        type_pattern(pattern)
    except ValueError:
        return False
    beginning = pattern.removesuffix("*")
    if pattern.endswith("*"):
        return any(name.startswith(beginning) for name in FACTS)
    return pattern in FACTS
