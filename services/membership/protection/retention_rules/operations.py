"""Writing retention rules, and applying them."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.membership.protection.erasures.operations import request_by_rule
from services.membership.protection.privacy.catalogue import PARTS
from services.membership.protection.retention_rules import domain, queries
from services.membership.protection.retention_rules.record import RetentionRule
from services.membership.protection.retention_rules.tables import retention_rule
from services.membership.register.experts.record import Expert
from shared.audit.details import erase_details_of
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import SYSTEM, Principal
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.erasing import ErasableRows, delete_rows
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import records_of

RETENTION_RULES: ResourceType[RetentionRule, domain.RuleGuardContext] = ResourceType.of(
    RetentionRule, retention_rule, domain.LIFECYCLE
)
APPLY = "apply_retention_rule"
"""The job that applies one rule."""
_DELETABLE: Mapping[str, ErasableRows] = {
    resource: ErasableRows(PARTS[resource], "t.id = ANY($1)")
    for resource, retained in domain.RETAINED.items()
    if retained.action == domain.DELETE
}


async def create(uow: UnitOfWork, access: AccessScope, new: RetentionRule) -> RetentionRule:
    """Inserts a draft. Raises Invalid for a rule that the resource does not have."""
    require(access, "create", None)
    domain.check(new.resource, new.state, new.after, new.action)
    return await RETENTION_RULES.insert(uow, replace(new, status="draft", visibility="restricted"))


async def update(uow: UnitOfWork, _access: AccessScope, before: RetentionRule, wanted: RetentionRule) -> RetentionRule:
    """Updates a draft. Raises Conflict for another rule, Invalid for a rule that the resource does not have."""
    if wanted != before and before.status != "draft":
        raise Conflict("Only a draft can be changed: make another rule.")
    domain.check(wanted.resource, wanted.state, wanted.after, wanted.action)
    return await RETENTION_RULES.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: RetentionRule, requested: TransitionRequest
) -> RetentionRule:
    """Applies one transition; the rules of one kind of record change one after another. Raises what `Lifecycle.advance`
    raises."""
    await lock_names(uow.connection, f"retention_rules.{before.resource}")
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await RETENTION_RULES.apply_transition(uow, before, requested, guard_context, permitted(access, before))


async def load_guard_context(
    connect: Connect, _principal: Principal, record: RetentionRule, _fields: Fields
) -> domain.RuleGuardContext:
    """What the guards look at, for this rule."""
    own = set(domain.states_of(record.resource, record.state))
    async with connect() as connection:
        active = await queries.active(connection)
    return domain.RuleGuardContext(
        is_covered=any(
            other.resource == record.resource and own & set(domain.states_of(other.resource, other.state))
            for other in active
            if other.id != record.id
        )
    )


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Assigns each active rule to the worker."""
    for rule in await queries.active(uow.connection):
        defer(uow, "membership", APPLY, {"rule": str(rule.id)}, created_by=SYSTEM.label, bulk=True)


async def take(uow: UnitOfWork, rule: UUID, limit: int) -> int:
    """Applies an active rule to some of the records that are due, at most `limit`, and returns their number. A retired
    rule takes none. Each record has an audit entry and a fact; whatever was taken is not due again."""
    before = await RETENTION_RULES.lock(uow, rule)
    if before.status != "active":
        return 0
    instant = domain.instant_before(before.after, now())
    rows = await queries.due(before).lock(uow.connection, instant, limit)
    if before.action == domain.ERASE:
        for expert in records_of(Expert, rows):
            await request_by_rule(uow, expert, f"retention rule {before.ref}")
    else:
        await _delete(uow, before, [row["id"] for row in rows])
    return len(rows)


async def _delete(uow: UnitOfWork, rule: RetentionRule, ids: list[UUID]) -> None:
    """Deletes records with what their histories show of their values."""
    await delete_rows(uow, _DELETABLE[rule.resource], ids, domain.DELETE, f"retention rule {rule.ref}")
    await uow.flush()
    await erase_details_of(uow, ids)


async def remaining(uow: UnitOfWork, rule: UUID) -> int:
    """How many records are due by a rule."""
    found = await RETENTION_RULES.lock(uow, rule)
    return await queries.due(found).count(uow.connection, domain.instant_before(found.after, now()))
