"""Writing requests for support: one function per verb, and the schedule of their targets."""

from dataclasses import replace

from services.actions.classification.codes.operations import require_known_codes
from services.actions.support.offers import operations as offers
from services.actions.support.offers.queries import living_of
from services.actions.support.support_requests import domain, queries
from services.actions.support.support_requests.domain import SupportDays, SupportGuardContext
from services.actions.support.support_requests.record import SupportRequest
from services.actions.support.support_requests.tables import support_request
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digests, with_each_digest
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

SUPPORT_REQUESTS: ResourceType[SupportRequest, SupportGuardContext] = ResourceType.of(
    SupportRequest, support_request, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: SupportRequest) -> SupportRequest:
    """Inserts a draft. Raises Forbidden outside the caller's grants, Invalid for an unknown code or file, and for a
    programme, action or centre that the caller may not know of or that is of another country."""
    require_creation(access, new)
    await _require_subjects(uow, new)
    await require_known_codes(uow, "codes", new.codes)
    placed = replace(
        new,
        status="draft",
        documents=await with_each_digest(uow, "/documents", new.documents),
        expert_ids=[],
        clock_holder=domain.COUNTRY,
        clock_since=now(),
    )
    return await SUPPORT_REQUESTS.insert(uow, placed)


async def update(
    uow: UnitOfWork, access: AccessScope, before: SupportRequest, wanted: SupportRequest
) -> SupportRequest:
    """Updates a draft; its country stays. Raises Conflict in another state, and what `create` raises."""
    if before.status != "draft":
        raise Conflict("Only drafts change.", members={"current_state": before.status})
    require_visibility_change(access, before, wanted)
    await _require_subjects(uow, wanted, before)
    await require_known_codes(uow, "codes", wanted.codes, before.codes)
    documents = await with_each_digest(uow, "/documents", wanted.documents, before.documents)
    return await SUPPORT_REQUESTS.update(uow, before, replace(wanted, documents=documents))


async def transition(
    days: SupportDays, uow: UnitOfWork, access: AccessScope, before: SupportRequest, requested: TransitionRequest
) -> SupportRequest:
    """Applies one transition. Offers that are open end with `start`, all living ones with `give_up` and `cancel`.
    Raises what `Lifecycle.advance` raises, Invalid for `confirm` without a rating."""
    may = permitted(access, before)
    fields = requested.fields if may(requested.action) else {}
    (document,) = await with_digests(uow, {"/fields/document": given(fields, "document", dict)})
    guard_context = await load_guard_context(uow.connect, access.principal, before, fields)
    left = domain.remaining(requested.action, await living_of(uow.connection, before.id))

    def effects(target: str) -> SupportRequest:
        wanted = replace(before, delivery_document=document or before.delivery_document)
        if requested.action == "submit":
            wanted = replace(wanted, clock_days=days.by_step)
        if requested.action == "confirm":
            wanted = replace(wanted, rating=_rating(fields), rating_text=given(fields, "text", str))
        return domain.with_clock(wanted, target, left, now())

    if may(requested.action):
        await uow.allow_record(before.id)
    after = await SUPPORT_REQUESTS.apply_transition(uow, before, requested, guard_context, may, effects)
    if requested.action in domain.ENDING_OPEN_OFFERS | domain.ENDING_OFFERS:
        only_open = requested.action in domain.ENDING_OPEN_OFFERS
        await offers.end_of_request(uow, before.id, only_open=only_open)
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, record: SupportRequest, fields: Fields
) -> SupportGuardContext:
    """Loads the inputs of the guards for this request."""
    document = given(fields, "document", dict) or record.delivery_document
    named = record.documents if record.status == "draft" else [document]
    async with connect() as connection:
        is_matching = record.status == "matching"
        living = await living_of(connection, record.id) if is_matching else ()
        is_available = await are_available(connection, named)
    return SupportGuardContext(
        has_confirmed_offer=any(one.status == "confirmed" for one in living),
        has_document=document is not None,
        is_evidence_available=is_available,
    )


async def follow_offers(uow: UnitOfWork, before: SupportRequest) -> SupportRequest:
    """The locked request with the clock and the experts that follow from its present offers."""
    living = await living_of(uow.connection, before.id)
    return await SUPPORT_REQUESTS.update(uow, before, domain.with_clock(before, before.status, living, now()))


async def announce_late(uow: UnitOfWork) -> None:
    """Announces each target that has passed, once."""
    at = now()
    for before in await queries.lock_unannounced(uow.connection, at):
        await SUPPORT_REQUESTS.write(uow, "become_overdue", before, replace(before, overdue_at=at), fact="overdue")


def _rating(fields: Fields) -> int:
    rating = given(fields, "rating", int)
    if rating is None:
        raise invalid_field("/fields/rating", "required", "From 1 (worst) to 5 (best).")
    return rating


async def _require_subjects(uow: UnitOfWork, wanted: SupportRequest, before: SupportRequest | None = None) -> None:
    """Raises Invalid `unknown_reference` for a programme, action or centre that the actor may not know of, or that is
    of another country."""
    for field, nameable in queries.SUBJECTS.items():
        key = getattr(wanted, field)
        if key is None or (before is not None and key == getattr(before, field)):
            continue
        await nameable.require(uow, {f"/{field}": key})
        if not await queries.is_of_country(uow.connection, field, key, wanted.country):
            raise unknown_reference(f"/{field}", f"{nameable.resource.title} in the country")
