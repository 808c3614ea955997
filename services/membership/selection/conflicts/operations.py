"""Finding conflicts of interest about the nominations of a call."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.membership.selection.conflicts import queries
from services.membership.selection.conflicts.domain import Person, new_conflicts
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.panels import Conflict

_OF_EVERY_ROW = f"{SYSTEM_CONTEXT.set_local};SET LOCAL escm.records=''"


async def find_conflicts(uow: UnitOfWork, call: UUID, nomination: UUID | None = None) -> None:
    """Adds the conflicts of the panel about the nominations of a call, or about one. A conflict that was found stays.

    The caller has made all its checks: from here on the unit of work reads and writes every row.
    """
    await uow.connection.execute(_OF_EVERY_ROW)
    if not (panel := await queries.panel_of(uow.connection, call)):
        return
    people = await queries.persons(uow.connection, panel)
    after = None
    while rows := await queries.nominations_of(uow.connection, call, nomination, after):
        await _add_conflicts(uow, list(people.values()), rows)
        if len(rows) < queries.AT_ONCE:
            return
        after = rows[-1]["id"]


async def follow_changes(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    """Finds the conflicts that follow from changed experts, affiliations and declarations: of a nominee with the panel,
    and of a member of a panel with all nominees of the call. Needs a context that reads every row."""
    for row in await queries.concerned(uow.connection, keys):
        await find_conflicts(uow, row["call_id"], row["nomination"])


async def _add_conflicts(uow: UnitOfWork, members: Sequence[Person], rows: Collection[Row]) -> None:
    nominees = await queries.persons(uow.connection, {row["expert_id"] for row in rows})
    added: dict[UUID, list[Conflict]] = {}
    for row in rows:
        person = nominees.get(row["expert_id"])
        found = new_conflicts(members, queries.nominee_of(row, person)) if person else []
        if found:
            added[row["id"]] = found
    if added:
        await queries.add(uow.connection, added)
