"""Writing institutions: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.membership.access import ROLES
from services.membership.duplicates.operations import schedule_check_if_changed
from services.membership.institutions import domain, queries
from services.membership.institutions.record import Institution
from services.membership.institutions.relations import names_of, replace_relations, stated, without
from services.membership.institutions.tables import institution
from services.membership.institutions.values import replace_values
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.record import json_fields, written_fields
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

WRITABLE = written_fields(Institution)
_DOCUMENTS = json_fields(Institution)
INSTITUTIONS: ResourceType[Institution, domain.InstitutionGuardContext] = ResourceType.of(
    Institution, institution, domain.LIFECYCLE
)


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row that was read."""
    return {name: orjson.loads(row[name]) if name in _DOCUMENTS else row[name] for name in WRITABLE}


def kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the record keeps them: of its relations those that it states itself."""
    return {**written(row), "relations": orjson.loads(row["stated"])}


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new institution, submitted. Raises Forbidden `country_forbidden` outside the caller's grant."""
    require(access, "create", values["country"])
    require_publishing(access, values["visibility"], values["country"])
    own, _ = await stated(uow, None, values["ror"], values["relations"])
    row = await INSTITUTIONS.insert(uow, {"status": "submitted", **values, "relations": own, **domain.derived(values)})
    await replace_values(uow, row)
    await replace_relations(uow, row)
    return row


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The institution with new values; where nothing differs, nothing is written and the version stays."""
    before = await INSTITUTIONS.lock(uow, seen["id"], seen["version"])
    if (values["country"], values["visibility"]) != (before["country"], before["visibility"]):
        require(access, "update", values["country"])
        require_publishing(access, values["visibility"], values["country"], before["id"])
    shown = orjson.loads(seen["relations"])
    own = before["relations"]
    if values["relations"] != shown:
        own, dropped = await stated(uow, before["id"], values["ror"], values["relations"])
        for kind, other in dropped:
            await _take_back(uow, access, other, kind, before)
    after = await INSTITUTIONS.update(uow, before, {**values, "relations": own, **domain.derived(values)})
    await carry(uow, before, after)
    return after


async def carry(uow: UnitOfWork, before: Row, after: Row) -> None:
    """Lets the values of filters and matches, and the relations, follow a change of the institution's row."""
    if after["version"] != before["version"]:
        await replace_values(uow, after)
        await replace_relations(uow, after)
        schedule_check_if_changed(uow, "institutions", before, after)


async def _take_back(uow: UnitOfWork, access: AccessScope, other: UUID, kind: str, row: Row) -> None:
    """Another institution states the relation: it is a change of that one. Raises Forbidden where the caller may not
    change it."""
    seen = await queries.LISTING.get(uow.connection, access, other)
    require(access, "update", seen["country"] if seen else None, other)
    before = await INSTITUTIONS.lock(uow, other)
    names = await names_of(uow, row["id"])
    after = await INSTITUTIONS.update(uow, before, {"relations": without(before, kind, names)})
    await replace_relations(uow, after)


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises."""
    before = await INSTITUTIONS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> dict[str, Any]:
        return {"merged_into": UUID(requested.fields["institution_id"])} if target == "linked" else {}

    return await INSTITUTIONS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), effects
    )


async def load_guard_context(
    connect: Connect, principal: Principal, _row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.InstitutionGuardContext:
    """What the guards look at: whether the institution to link to counts for this caller."""
    try:
        winner = UUID(fields["institution_id"])
    except KeyError:
        return domain.InstitutionGuardContext("institution_missing")
    except (TypeError, ValueError, AttributeError):
        return domain.InstitutionGuardContext("institution_unknown")
    access = access_scope_for(principal, ROLES, INSTITUTIONS.resource)
    async with connect() as connection:
        counts = await queries.linkable(connection, access, winner)
    return domain.InstitutionGuardContext(None if counts else "institution_unknown")
