"""Writing declarations: one function per verb."""

from dataclasses import replace

from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.owners import owner_of, require_owner
from services.membership.register.notices import queries as notices
from services.membership.register.notices.domain import CONFLICT_OF_INTEREST
from services.membership.selection.declarations import domain, queries
from services.membership.selection.declarations.record import Declaration
from services.membership.selection.declarations.tables import declaration
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

DECLARATIONS: ResourceType[Declaration, domain.DeclarationGuardContext] = ResourceType.of(
    Declaration, declaration, domain.LIFECYCLE, is_personal=True
)


async def create(uow: UnitOfWork, access: AccessScope, new: Declaration) -> Declaration:
    """Inserts a draft. Raises Invalid for an unknown expert, notice or year, Forbidden outside the caller's grant."""
    owner = await require_owner(uow.connection, access, new.expert_id)
    await _check(uow, new)
    placed = replace(new, country=owner.country, visibility="restricted", status="draft", signed_on=None)
    return await DECLARATIONS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Declaration, wanted: Declaration) -> Declaration:
    """Updates a draft. Raises Conflict if it is signed, Invalid if its expert would change."""
    if wanted.expert_id != before.expert_id:
        raise invalid_field("/expert_id", "invalid_value", "The expert of a declaration cannot change.")
    if wanted != before and before.status != "draft":
        raise Conflict("A signed declaration cannot be changed: make another one.")
    await _check(uow, wanted)
    return await DECLARATIONS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Declaration, requested: TransitionRequest
) -> Declaration:
    """Applies one transition. A signature supersedes the earlier ones of the year, and meets the condition of renewal
    in this year. Raises what `Lifecycle.advance` raises, and Invalid for an outcome."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Declaration:
        return replace(before, signed_on=today()) if target == "signed" else before

    may = permitted(access, before)
    after = await DECLARATIONS.apply_transition(uow, before, requested, guard_context, may, effects)
    if requested.action == "sign":
        expert = await EXPERTS.lock(uow, after.expert_id)
        for earlier in await queries.lock_earlier(uow.connection, after):
            await DECLARATIONS.apply_scheduled(uow, earlier, "supersede")
        if after.year == today().year:
            await EXPERTS.update(uow, expert, replace(expert, conflict_of_interest_on=today()))
    return after


async def load_guard_context(
    connect: Connect, principal: Principal, record: Declaration, _fields: Fields
) -> domain.DeclarationGuardContext:
    """What the guards look at, for this caller and this declaration."""
    async with connect() as connection:
        owner = await owner_of(connection, record.expert_id)
        current = await notices.latest(connection, CONFLICT_OF_INTEREST)
    return domain.DeclarationGuardContext(
        is_own=owner is not None and principal.is_account(owner.account_id),
        is_notice_current=record.notice_version == current,
    )


async def _check(uow: UnitOfWork, record: Declaration) -> None:
    if not await notices.is_known(uow.connection, CONFLICT_OF_INTEREST, record.notice_version):
        raise unknown_reference("/notice_version", "version of the notice")
    if not today().year - 1 <= record.year <= today().year + 1:
        raise invalid_field("/year", "out_of_range", "The last, this or the next year.")
    for place, interest in enumerate(record.interests):
        if interest["from"] and interest["to"] and interest["to"] < interest["from"]:
            raise invalid_field(f"/interests/{place}/to", "invalid_date", "An interest ends after it starts.")
