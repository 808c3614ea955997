"""Supports after merges of their supporters: one of two living ones stays, and an undo reinstates the other."""

from dataclasses import replace
from uuid import UUID

from services.membership.initiatives.supports import queries
from services.membership.initiatives.supports.domain import LIVING
from services.membership.initiatives.supports.operations import SUPPORTS, listed
from services.membership.initiatives.supports.record import Support
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.following import Ids, Reference, single
from shared.records.rows import with_columns

_REASON = "The supporter was merged with one who supports the same initiative."


class SupporterReference(Reference):
    """The supporter of a support. If the winner of a merge has a living support of the same initiative, one of the two
    is annulled: a pending one, else the one that was signed later."""

    async def rewrite(self, uow: UnitOfWork, record: Support, ids: Ids, _loser: UUID) -> None:
        """Moves a locked support to the winner of a merge."""
        moved = await _of_supporter(uow, with_columns(record, {self.field: ids[0]}))
        other = await queries.other_living(uow.connection, moved) if record.status in LIVING else None
        if other is None:
            await SUPPORTS.update(uow, record, moved)
        elif _rank(record) > _rank(other):
            await _annul(uow, record, moved, other.id)
        else:
            locked = await SUPPORTS.lock(uow, other.id)
            await _annul(uow, locked, locked, record.id)
            await SUPPORTS.update(uow, record, moved)

    async def set_back(self, uow: UnitOfWork, record: Support, ids: Ids) -> None:
        """Moves a locked support back to the loser, and reinstates what its merge annulled."""
        moved = await _of_supporter(uow, with_columns(record, {self.field: ids[0]}))
        if record.replaced_by is None:
            await SUPPORTS.update(uow, record, moved)
        else:
            await _reinstate(uow, record, moved)
        for key in await queries.replaced_by(uow.connection, record.id):
            locked = await SUPPORTS.lock(uow, key)
            await _reinstate(uow, locked, locked)


def supporter(name: str) -> SupporterReference:
    """The reference in a column of supports."""
    base = single(SUPPORTS, name)
    return SupporterReference(base.kind, base.field, base.names, base.ids, base.renamed)


def _rank(record: Support) -> tuple[bool, object, UUID]:
    """Which of two supports stays: the lower one."""
    return record.status == "pending", record.signed_at, record.id


async def _of_supporter(uow: UnitOfWork, moved: Support) -> Support:
    """The support in the country of its present supporter, with an affiliation of theirs: a merge deletes the one that
    equals one of the winner's, and its undo inserts it again."""
    connection, owner, said = uow.connection, moved.expert_id, moved.organisation
    supporter = await queries.expert_of(connection, owner) if owner else None
    if moved.institution_id:
        supporter = await queries.institution_of(connection, moved.institution_id)
    placed = replace(moved, country=supporter["country"]) if supporter else moved
    if not (moved.affiliation and owner and said):
        return placed
    found = await queries.affiliation_meant(connection, owner, said, moved.affiliation)
    return replace(placed, affiliation=found["id"], organisation_id=found["institution_id"]) if found else placed


async def _annul(uow: UnitOfWork, before: Support, moved: Support, by: UUID) -> None:
    ended = replace(
        moved,
        status="annulled",
        ended_at=now() if before.status == "accepted" else None,
        visibility="restricted",
        listed_name=None,
        replaced_by=by,
        replaced_from=before.status,
    )
    await SUPPORTS.write(uow, "annul", before, ended, fact="annulled", reason=_REASON)


async def _reinstate(uow: UnitOfWork, before: Support, moved: Support) -> None:
    """The support in its state of before, unless its supporter has another living one by now."""
    free = replace(moved, replaced_by=None, replaced_from=None)
    if before.status != "annulled" or await queries.other_living(uow.connection, free) is not None:
        await SUPPORTS.update(uow, before, free)
        return
    again = replace(free, status=before.replaced_from or "accepted", ended_at=None)
    if again.status == "accepted":
        again = await listed(uow, again)
    await SUPPORTS.write(uow, "reinstate", before, again, fact="reinstated")
