"""Writing closures on a later day: ordered by `close`, taken back by `revoke_closure`, made by the schedule."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.centres.designation.centres import stages
from services.centres.designation.centres.clock import entered
from services.centres.designation.centres.designation import close_term, closing_day, follow_state, require_successor
from services.centres.designation.centres.domain import CLOSE, IN_TERM, CentreGuardContext
from services.centres.designation.centres.operations import CENTRES, transition
from services.centres.designation.centres.queries import centre_of
from services.centres.designation.centres.record import Centre
from services.centres.register.closures import domain, queries
from services.centres.register.closures.domain import Closure
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import TransitionRequest
from shared.records.rows import with_columns


async def close(
    targets: Mapping[str, int], uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest
) -> Centre:
    """Closes the centre today, or on a later day. `targets` are the days that states allow. Raises what `postpone` and
    the transitions of centres raise."""
    if closing_day(requested.fields) > today():
        return await postpone(uow, access, before, requested)
    return await transition(targets, uow, access, before, requested)


async def revoke(uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest) -> Centre:
    """Takes back a closure that waits for its day. Raises what `Lifecycle.advance` raises."""
    guard_context = CentreGuardContext(today=today(), is_closing=before.pending_closure is not None)
    after, may = replace(before, pending_closure=None), permitted(access, before)
    return await CENTRES.apply_transition(uow, before, requested, guard_context, may, lambda _target: after)


async def postpone(uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest) -> Centre:
    """The centre with a closure that waits for its day, at most 90 days ahead; the state stays until then. It replaces
    one that waits.

    Raises what `Lifecycle.advance` raises, Invalid for a day too far ahead and for a successor that is none.
    """
    may, guard_context = permitted(access, before), CentreGuardContext(today=today())
    CENTRES.lifecycle.advance(
        before.status, CLOSE, guard_context, may, reason=requested.reason, fields=requested.fields
    )
    closure = domain.closure_of(requested.fields, closing_day(requested.fields))
    domain.require_day(closure.effective, today())
    await require_successor(uow, access, before, closure.successor_id)
    after = replace(before, pending_closure=closure.pending)
    return await CENTRES.write(uow, CLOSE, before, after, fact="updated", reason=requested.reason)


async def apply_due(uow: UnitOfWork) -> None:
    """Closes the centres whose last day has come."""
    for before in await queries.lock_due(uow.connection, today()):
        closure = domain.pending_of(before)
        if closure is not None:
            await _close(uow, before, closure)


async def _close(uow: UnitOfWork, before: Centre, closure: Closure) -> None:
    at = now()
    said = {
        "closure_cause": closure.cause,
        "successor_id": await _present(uow.connection, closure.successor_id),
        "public_note": closure.public_note,
        "noted_version": before.version + 1,
        "closed_on": closure.effective,
    }
    ended = dict.fromkeys(("assignee", "previous_status", "pending_change", "pending_closure", "review_by"))
    wanted = with_columns(entered(before, "closed", None, None, at), {**ended, **said})
    after = await CENTRES.apply_scheduled(uow, before, "close_on_day", wanted)
    await stages.append(uow, after, at)
    await follow_state(uow, after)
    await close_term(uow, after, closure.effective)


async def _present(connection: Connection, successor: UUID | None) -> UUID | None:
    """The successor, unless it has ended meanwhile."""
    found = await centre_of(connection, successor) if successor else None
    return found.id if found is not None and found.status in IN_TERM else None
