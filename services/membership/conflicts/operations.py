"""Finding conflicts of interest about the nominations of a call."""

from uuid import UUID

from services.membership.conflicts import queries
from services.membership.conflicts.domain import Conflict, new_conflicts
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import UnitOfWork

_OF_EVERY_ROW = f"{SYSTEM_CONTEXT.set_local};SET LOCAL escm.records=''"


async def find_conflicts(uow: UnitOfWork, call: UUID, nomination: UUID | None = None) -> None:
    """Adds the conflicts of the panel about the nominations of a call, or about one. A conflict that was found stays.

    The caller has made all its checks: from here on the unit of work reads and writes every row.
    """
    await uow.connection.execute(_OF_EVERY_ROW)
    panel, rows = (
        await queries.panel_of(uow.connection, call),
        await queries.nominations_of(uow.connection, call, nomination),
    )
    if not panel or not rows:
        return
    known = await queries.persons(uow.connection, {*panel, *(row["expert_id"] for row in rows)})
    members = [known[key] for key in panel if key in known]
    added: dict[UUID, list[Conflict]] = {}
    for row in rows:
        person = known.get(row["expert_id"])
        found = new_conflicts(members, queries.nominee_of(row, person)) if person else []
        if found:
            added[row["id"]] = found
    if added:
        await queries.add(uow.connection, added)
