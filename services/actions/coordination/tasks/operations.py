"""Writing tasks: one function per verb, the schedules, and the ways in which tasks change hands."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.actions.coordination.tasks import domain, queries
from services.actions.coordination.tasks.domain import Owner, TaskGuardContext
from services.actions.coordination.tasks.record import Task
from services.actions.coordination.tasks.tables import task
from services.actions.governments.correspondence.operations import LETTERS
from services.actions.governments.correspondence.record import Letter
from services.actions.plan.milestones.operations import MILESTONES
from services.actions.plan.milestones.record import Milestone
from shared.auth.independence import is_another, with_author
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import in_region
from shared.kernel.errors import Conflict, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.record import Texts
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

TASKS: ResourceType[Task, TaskGuardContext] = ResourceType.of(Task, task, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Task) -> Task:
    """Inserts an open task. Raises Forbidden outside the caller's grants, Invalid for an owner without a grant in the
    country, and for a record that the caller may not know of or that is of another country."""
    require(access, "create", new.country)
    await _require_owner(uow, "/owner/account_id", new.owner_id, new.country)
    await _require_about(uow, new)
    return await TASKS.insert(uow, replace(new, visibility="restricted", status="open", completers=[]))


async def update(uow: UnitOfWork, _access: AccessScope, before: Task, wanted: Task) -> Task:
    """Updates a task that waits for its owner; its country and its record stay. Raises Conflict in another state."""
    if before.status not in domain.OPEN:
        raise Conflict("Only tasks that wait for their owner change.", members={"current_state": before.status})
    return await TASKS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Task, requested: TransitionRequest) -> Task:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for `assign` to an account without a
    grant in the country."""
    may = permitted(access, before)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    owner = _owner_in(requested.fields) if may(requested.action) else Owner()
    if requested.action == "assign" and may("assign"):
        await _require_owner(uow, "/fields/owner/account_id", owner.account, before.country)

    def effects(target: str) -> Task:
        if requested.action == "assign":
            return domain.owned(before, owner)
        if target == "done":
            by = uow.origin.actor
            return replace(before, completed_by=by.label, completed_on=today(), completers=with_author((), by))
        if requested.action == "reopen":
            return replace(before, completed_by=None, completed_on=None, completers=[])
        return replace(before, verified_on=today()) if target == "verified" else before

    return await TASKS.apply_transition(uow, before, requested, guard_context, may, effects)


async def load_guard_context(connect: Connect, principal: Principal, record: Task, _fields: Fields) -> TaskGuardContext:
    """The input of the guard for this caller."""
    if record.status != "done":
        return TaskGuardContext()
    return TaskGuardContext(is_another=await is_another(connect, principal, record.completers))


async def hand_over(uow: UnitOfWork, countries: Collection[str], account: UUID, successor: Owner) -> None:
    """Moves the tasks of countries that wait for an account to another owner."""
    for before in await queries.lock_of_owner(uow.connection, account, countries):
        await TASKS.write(uow, "assign", before, domain.owned(before, successor), fact="assigned")


async def follow_role(uow: UnitOfWork, key: UUID) -> None:
    """Moves the tasks of whoever handed a role over, in its countries, to the successor, whose grant this is."""
    if (role := await queries.handed_over(uow.connection, key)) is not None:
        await hand_over(uow, role.countries, role.leaver, Owner(role.account))


async def release(uow: UnitOfWork, account: UUID) -> None:
    """Takes the tasks that wait for a closed account from it, so that the secretariat assigns them."""
    for before in await queries.lock_of_account(uow.connection, account):
        await TASKS.write(uow, "release", before, domain.owned(before, Owner()), fact="released")


async def announce_overdue(uow: UnitOfWork) -> None:
    """Announces each due day that has passed, once; at most 500 at once."""
    for before in await queries.lock_late(uow.connection, today()):
        late = replace(before, overdue_for=before.due)
        await TASKS.write(uow, "become_overdue", before, late, fact="overdue")


async def raise_for_milestones(uow: UnitOfWork) -> None:
    """Announces each overdue milestone, and makes a task of it for the focal points, once for each due day of it; at
    most 500 at once."""
    for late in await queries.overdue_milestones(uow.connection, today()):
        MILESTONES.record_change(uow, "become_overdue", late, late, "overdue")
        await TASKS.insert(uow, _raised("milestone", late, late.due, late.titles, "government_focal_point"))


async def raise_for_letters(uow: UnitOfWork) -> None:
    """Announces each letter whose reply is overdue, and makes a task of it for whoever owes the reply, once for each
    day on which it is due; at most 500 at once."""
    for late in await queries.overdue_letters(uow.connection, today()):
        LETTERS.record_change(uow, "become_overdue", late, late, "overdue")
        owing = domain.REPLYING[late.direction]
        await TASKS.insert(uow, _raised("correspondence", late, late.reply_due, {"en": late.subject}, owing))


def _raised(kind: str, late: Milestone | Letter, due: date | None, titles: Texts, role: str) -> Task:
    """The task of a role about a record that is late since its `due` day."""
    about = {"about_kind": kind, "about_record": late.id, "raised_for": due, "country": late.country}
    said = {"titles": titles, "text": {}}
    wanted = {"due": today() + domain.TIME_TO_ACT, "priority": "high", "owner_role": role}
    return TASKS.new({**said, **about, **wanted, "visibility": "restricted", "status": "open", "completers": []})


def _owner_in(fields: Fields) -> Owner:
    owner = fields.get("owner")
    if not isinstance(owner, Mapping):
        return Owner()
    account = owner.get("account_id")
    return Owner(UUID(str(account)) if account else None, owner.get("role"))


async def _require_owner(uow: UnitOfWork, pointer: str, account: UUID | None, country: str) -> None:
    """Raises Invalid `unknown_reference` for an account without an active grant in the country."""
    if account is None:
        return
    for kind, scope in await queries.grants_of(uow.connection, account):
        if kind == "global" or scope == country or (kind == "region" and scope and country in in_region(scope)):
            return
    raise unknown_reference(pointer, "account with a role in the country")


async def _require_about(uow: UnitOfWork, new: Task) -> None:
    """Raises Invalid `unknown_reference` for a record that the actor may not know of, or that is of another country."""
    kind, key = new.about_kind, new.about_record
    if kind is None or kind not in queries.NAMED or key is None:
        return
    await queries.NAMED[kind].require(uow, {"/about/id": key})
    if not await queries.is_of_country(uow.connection, kind, key, new.country):
        raise unknown_reference("/about/id", "record in the country")
    if new.about_decision is not None and not await queries.is_decision(uow.connection, key, new.about_decision):
        raise invalid_field("/about/decision", "unknown_reference", "The meeting has no decision with this key.")
