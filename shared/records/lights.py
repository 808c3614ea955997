"""Announcing the lights of records that are late."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from shared.database.unit_of_work import UnitOfWork
from shared.kernel.lights import RED, YELLOW
from shared.records.record import Record
from shared.records.resource_type import ResourceType

R = TypeVar("R", bound=Record)


async def announce_lights(
    uow: UnitOfWork, kind: ResourceType[R, Any], late: Sequence[R], entered: Callable[[R], Sequence[str]]
) -> None:
    """Announces each light that locked records have entered, by one statement each, and stores in their column
    `announced` which one was the last."""
    lights = {one.id: entered(one) for one in late}
    for light in (YELLOW, RED):
        changing = [one for one in late if light in lights[one.id]]
        after = await kind.write_alike(uow, "become_overdue", changing, {"announced": light}, fact="overdue")
        late = [*after, *(one for one in late if light not in lights[one.id])]
