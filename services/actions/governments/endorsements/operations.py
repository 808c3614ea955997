"""Writing endorsements: one function per verb, and the scheduled expiry."""

from dataclasses import replace

from services.actions.governments.endorsements import domain, queries
from services.actions.governments.endorsements.record import Endorsement
from services.actions.governments.endorsements.tables import endorsement
from services.actions.governments.government_bodies.queries import require_body
from services.actions.independence import is_independent
from shared.auth.independence import with_author
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digest, with_digests
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

ENDORSEMENTS: ResourceType[Endorsement, domain.EndorsementGuardContext] = ResourceType.of(
    Endorsement, endorsement, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: Endorsement) -> Endorsement:
    """Inserts an endorsement; it is `claimed` until the secretariat verifies it."""
    require_creation(access, new)
    await require_body(uow.connection, access, "body_id", new.body_id, new.country)
    new = await with_digest(uow, "document", new)
    claimants = with_author((), uow.origin.actor)
    claimed = replace(new, status="claimed", claimants=claimants, search_key=_search_key(new))
    return await ENDORSEMENTS.insert(uow, claimed)


async def update(uow: UnitOfWork, access: AccessScope, before: Endorsement, wanted: Endorsement) -> Endorsement:
    """Updates the endorsement. Raises Conflict if it is verified and more than its visibility would change."""
    is_same = domain.is_same_claim(before, wanted)
    if before.status != "claimed" and not is_same:
        raise Conflict("A verified endorsement cannot be changed. Claim another one and replace this one.")
    require_visibility_change(access, before, wanted)
    if wanted.body_id != before.body_id:
        await require_body(uow.connection, access, "body_id", wanted.body_id, before.country)
    wanted = await with_digest(uow, "document", wanted, before)
    if not is_same:
        wanted = replace(wanted, claimants=with_author(before.claimants, uow.origin.actor))
    return await ENDORSEMENTS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Endorsement, requested: TransitionRequest
) -> Endorsement:
    """Applies one transition, with its day; `verify` may name a document. Raises what `Lifecycle.advance` raises."""
    may = permitted(access, before)
    fields = requested.fields if may(requested.action) else {}
    (document,) = await with_digests(uow, {"/fields/document": given(fields, "document", dict)})
    guard_context = await load_guard_context(uow.connect, access.principal, before, fields)

    def effects(target: str) -> Endorsement:
        if target == "withdrawn":
            return replace(before, withdrawn_on=today(), withdrawal_reason=requested.reason)
        if target == "verified":
            return replace(before, document=document or before.document, verified_on=today())
        return before

    return await ENDORSEMENTS.apply_transition(uow, before, requested, guard_context, may, effects)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Endorsement, fields: Fields
) -> domain.EndorsementGuardContext:
    """Loads whether the document is available, and whether this caller is independent."""
    is_open, document = record.status == "claimed", given(fields, "document", dict)
    async with connect() as connection:
        is_available = await are_available(connection, [document or record.document])
    return domain.EndorsementGuardContext(
        has_document=bool(record.document or document),
        is_document_available=is_available,
        is_independent=is_open and await is_independent(connect, principal, record.country, record.claimants),
    )


async def expire_endorsements(uow: UnitOfWork) -> int:
    """Expires up to 200 verified endorsements whose last day has passed. Returns how many."""
    expired = await queries.lock_expired(uow.connection)
    for before in expired:
        await ENDORSEMENTS.apply_scheduled(uow, before, "expire")
    return len(expired)


def _search_key(record: Endorsement) -> str:
    return search_key(record.body["name"] if record.body else "")
