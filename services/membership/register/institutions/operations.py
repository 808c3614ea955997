"""Writing institutions: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import orjson

from services.membership.access import ROLES
from services.membership.register.duplicates.operations import schedule_check_if_changed
from services.membership.register.institutions import domain, naming, queries
from services.membership.register.institutions.record import Institution, Relation
from services.membership.register.institutions.relations import names_of, replace_relations, stated, without
from services.membership.register.institutions.tables import institution
from services.membership.register.institutions.values import replace_values
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.requirements import permitted, require, require_creation, require_publishing
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of

INSTITUTIONS: ResourceType[Institution, domain.InstitutionGuardContext] = ResourceType.of(
    Institution, institution, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: Institution) -> Institution:
    """Inserts an institution as submitted, or as a candidate if a person without an office enters it.

    Raises Forbidden `country_forbidden` outside the caller's grant. For a candidate, raises Conflict after five open
    ones, and `institution_exists`, which names those of the register with its ROR id, or a name or domain of it.
    """
    is_candidate = access.is_person_without_office
    if is_candidate:
        await _check_candidate(uow, access, new)
    else:
        require_creation(access, new)
    own, _ = await stated(uow, None, new.ror, new.relations)
    status = domain.CANDIDATE if is_candidate else "submitted"
    entered = await INSTITUTIONS.insert(uow, replace(new, **domain.derived(new.names), status=status, relations=own))
    await replace_values(uow, columns_of(entered))
    await replace_relations(uow, entered)
    return entered


async def _check_candidate(uow: UnitOfWork, access: AccessScope, new: Institution) -> None:
    require_publishing(access, new.visibility, new.country)
    if known := await naming.in_register(uow.connection, access, new):
        detail = "The register has this institution. Ask to represent it."
        raise Conflict(detail, code="institution_exists", members={"institutions": known})
    await uow.allow_record(new.id)
    if await naming.open_candidates(uow.connection, access.principal.label) >= domain.MOST_CANDIDATES:
        raise Conflict("Several of your institutions wait for a decision.", members={"reason": "too_many_candidates"})


async def update(uow: UnitOfWork, access: AccessScope, before: Institution, wanted: Institution) -> Institution:
    """Updates the institution and its relations, as seen from its side; without a difference, nothing is written and
    the version does not change."""
    if (wanted.country, wanted.visibility) != (before.country, before.visibility):
        require(access, "update", wanted.country)
        require_publishing(access, wanted.visibility, wanted.country, before.id)
    own = before.relations
    if wanted.relations != await _shown_relations(uow, access, before):
        own, dropped = await stated(uow, before.id, wanted.ror, wanted.relations)
        for kind, other in dropped:
            await _take_back(uow, access, other, kind, before)
    after = await INSTITUTIONS.update(uow, before, replace(wanted, **domain.derived(wanted.names), relations=own))
    await sync_dependents(uow, before, after)
    return after


async def sync_dependents(uow: UnitOfWork, before: Institution, after: Institution) -> None:
    """Copies a change of the institution to its dependents: the values of filters and matches, and the relations."""
    if after.version != before.version:
        await replace_values(uow, columns_of(after))
        await replace_relations(uow, after)
        schedule_check_if_changed(uow, "institutions", before, after)


async def _shown_relations(uow: UnitOfWork, access: AccessScope, record: Institution) -> Sequence[Relation]:
    """Its relations as the caller sees them: those that it states and those that others state of it."""
    row = await queries.LISTING.get(uow.connection, access, record.id)
    shown: Sequence[Relation] = orjson.loads(row["relations"]) if row else []
    return shown


async def _take_back(uow: UnitOfWork, access: AccessScope, other: UUID, kind: str, record: Institution) -> None:
    """Removes a relation that another institution states, which changes that one. Raises Forbidden if the caller may
    not change it."""
    seen = await queries.LISTING.get(uow.connection, access, other)
    require(access, "update", seen["country"] if seen else None, other)
    before = await INSTITUTIONS.lock(uow, other)
    relations = without(before, kind, await names_of(uow, record.id))
    await replace_relations(uow, await INSTITUTIONS.update(uow, before, replace(before, relations=relations)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Institution, requested: TransitionRequest
) -> Institution:
    """Applies one transition. `link` names the institution that the record becomes part of. Raises what
    `Lifecycle.advance` raises."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Institution:
        return replace(before, merged_into=_linked(requested.fields)) if target == "linked" else before

    return await INSTITUTIONS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), effects
    )


async def load_guard_context(
    connect: Connect, principal: Principal, _record: Institution, fields: Fields
) -> domain.InstitutionGuardContext:
    """Loads the inputs of the guards: whether the institution to link to counts for this caller."""
    if "institution_id" not in fields:
        return domain.InstitutionGuardContext("institution_missing")
    linked = _linked(fields)
    if linked is None:
        return domain.InstitutionGuardContext("institution_unknown")
    access = access_scope_for(principal, ROLES, INSTITUTIONS.resource)
    async with connect() as connection:
        counts = await queries.linkable(connection, access, linked)
    return domain.InstitutionGuardContext(None if counts else "institution_unknown")


def _linked(fields: Fields) -> UUID | None:
    """The institution to link to; None for an invalid `institution_id`."""
    try:
        return UUID(str(fields["institution_id"]))
    except ValueError:
        return None
