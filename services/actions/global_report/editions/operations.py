"""Writing editions: one function per verb, and what the schedule does."""

from dataclasses import replace

from services.actions.global_report.editions import domain, queries
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.tables import edition
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

EDITIONS: ResourceType[Edition, domain.EditionGuardContext] = ResourceType.of(Edition, edition, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Edition) -> Edition:
    """Inserts a draft. Raises Forbidden outside the caller's grants, Invalid for an outline that is no tree, and for
    days out of order."""
    require(access, "create", None)
    placed = replace(new, country=None, status="draft", issue=0)
    domain.check(placed)
    return await EDITIONS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Edition, wanted: Edition) -> Edition:
    """Updates a living edition. Its call changes before it opens, whom its reviews hide before the first round opens.
    Raises Conflict otherwise, Invalid if a place of the outline goes for which a contribution is entered."""
    changed = differing(before, wanted).keys()
    if changed:
        domain.require_living(before)
    if "call" in changed and before.status != "draft":
        raise Conflict("This does not change any more.", members={"current_state": before.status})
    domain.check(wanted)
    if wanted.review["blind"] != before.review["blind"] and await queries.is_reviewed(uow.connection, before.id):
        raise Conflict("Whom reviews hide does not change after a round has opened.")
    if "outline" in changed:
        gone = await queries.used_keys(uow.connection, before.id) - {entry["key"] for entry in wanted.outline}
        if gone:
            raise invalid_field("/outline", "in_use", f"Contributions are entered for {', '.join(sorted(gone))}.")
    return await EDITIONS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for `record_doi` without one."""
    at = now()
    may = permitted(access, before)
    after = domain.moved(before, requested.action, at)
    if requested.action == "record_doi" and may("record_doi"):
        doi = given(requested.fields, "doi", str)
        if doi is None:
            raise invalid_field("/fields/doi", "required", "Name the DOI that was registered.")
        after = replace(before, doi=doi)
    if requested.action == "retract":
        after = replace(before, retraction=requested.reason)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await EDITIONS.apply_transition(uow, before, requested, guard_context, may, lambda _target: after)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Edition, _fields: Fields
) -> domain.EditionGuardContext:
    """The inputs of the guards for this edition, except whether its figures have data, which a freeze alone asks."""
    if record.status != "writing":
        return domain.guard_context_of(record, now())
    async with connect() as connection:
        is_open = await queries.has_open_contributions(connection, record.id)
    return domain.guard_context_of(record, now(), has_open_contributions=is_open)


async def remind(uow: UnitOfWork) -> None:
    """Announces that the last day of the review or of final texts is near or has passed, once for each day of a
    reminder, as long as an edition is written; at most 100 for each step."""
    day = today()
    for step in domain.STEPS:
        for one in await queries.take_reminded(uow.connection, step, day):
            EDITIONS.record_change(uow, "remind", one, one, domain.reminder_of(one, step, day))


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens and closes the calls whose instant has come; at most 100 at once."""
    for before in await queries.lock_due(uow.connection, now()):
        verb = "open_call" if before.status == "draft" else "close_call"
        await EDITIONS.apply_scheduled(uow, before, verb)
