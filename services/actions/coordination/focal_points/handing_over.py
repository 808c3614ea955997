"""Moves the tasks of a focal point to the successor, and names the accounts whose role changes."""

from uuid import UUID

from services.actions.coordination.focal_points import queries
from services.actions.coordination.focal_points.record import FocalPoint
from services.actions.coordination.tasks import operations as tasks
from services.actions.coordination.tasks.domain import Owner
from services.actions.references import account_of
from shared.database.unit_of_work import UnitOfWork


async def move_tasks(uow: UnitOfWork, after: FocalPoint, action: str) -> None:
    """Moves the tasks that wait for a focal point after a transition. They go to the successor as soon as the one hands
    over or has ended and the other is in office. Without a successor the end of the last office leaves them to the
    secretariat."""
    if action == "accept":
        before = after.predecessor_id and await queries.leaver(uow.connection, after.predecessor_id)
        if before:
            await _move(uow, before, after)
    else:
        successor = await queries.successor_of(uow.connection, after.id)
        if successor is not None:
            await _move(uow, after, successor)
        elif action == "end":
            others = await queries.lock_in_office(uow.connection, after.expert_id, await holder_of(uow, after))
            if after.country not in {one.country for one in others}:
                await _move(uow, after, None)


async def holder_of(uow: UnitOfWork, point: FocalPoint) -> UUID | None:
    """The account of whoever has an office, if there is one."""
    return await account_of(uow.connection, point.expert_id) if point.expert_id else point.account_id


async def _move(uow: UnitOfWork, before: FocalPoint, successor: FocalPoint | None) -> None:
    account = await holder_of(uow, before)
    if account:
        await tasks.hand_over(uow, (before.country,), account, await _owner(uow, successor))


async def _owner(uow: UnitOfWork, successor: FocalPoint | None) -> Owner:
    """The account of a successor; all focal points of the country for one without an account."""
    if successor is None:
        return Owner()
    account = await holder_of(uow, successor)
    return Owner(account) if account else Owner(role="government_focal_point")
