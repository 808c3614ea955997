"""Writing editions of schemes: one function per verb."""

from dataclasses import replace

from services.actions.classification.schemes import domain, queries
from services.actions.classification.schemes.record import Scheme
from services.actions.classification.schemes.tables import scheme
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, FieldError
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

SCHEMES: ResourceType[Scheme, domain.SchemeGuardContext] = ResourceType.of(Scheme, scheme, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Scheme) -> Scheme:
    """Inserts a draft without codes. Raises Conflict if the scheme has this edition."""
    require(access, "create", None)
    await _require_unique(uow, new)
    placed = replace(new, status="draft", visibility="restricted", code_count=0, assessments=[])
    return await SCHEMES.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Scheme, wanted: Scheme) -> Scheme:
    """Updates a draft; a current edition takes further languages of its titles.

    Raises Conflict `scheme_in_use` for another change, and if the scheme has this edition.
    """
    domain.check_change(before, wanted, differing(before, wanted))
    if (wanted.code, wanted.edition) != (before.code, before.edition):
        await _require_unique(uow, wanted)
    return await SCHEMES.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Scheme, requested: TransitionRequest) -> Scheme:
    """Applies one transition. `publish` supersedes the current edition in the same transaction, and makes the new one
    public. Raises what `Lifecycle.advance` raises."""
    may = permitted(access, before)
    if requested.action == "publish" and before.status == "draft" and may("publish"):
        await lock_names(uow.connection, f"schemes.{before.code}")
        current = await queries.lock_current(uow.connection, before.code)
        if current is not None:
            await SCHEMES.apply_scheduled(uow, current, "supersede")
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await SCHEMES.apply_transition(
        uow, before, requested, guard_context, may, lambda _target: replace(before, visibility="public")
    )


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Scheme, _fields: Fields
) -> domain.SchemeGuardContext:
    """Loads the inputs of the guard."""
    if not record.assessments:
        return domain.SchemeGuardContext(record.code_count)
    async with connect() as connection:
        sources = await queries.sources_of(connection, record.id)
        return domain.SchemeGuardContext(record.code_count, await are_available(connection, sources))


async def _require_unique(uow: UnitOfWork, wanted: Scheme) -> None:
    if await queries.edition_of(uow.connection, wanted.code, wanted.edition) is not None:
        detail = "The scheme has this edition."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/edition")])
