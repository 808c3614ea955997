"""What access does about merges: a grant over one expert or institution becomes one over the winner.

Nobody comes to a wider role by it: the grant waits as a proposed one where whoever merged may not grant it over the
winner. What an expert holds over their own entry is left to `offices`, which hands it on by the account of the entry.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, not_, select

from services.access.grants.authority import wanted_by
from services.access.grants.operations import GRANTS
from services.access.grants.record import Grant
from services.access.grants.tables import grant
from services.access.offices.causes import merge_of, were_entitled
from shared.contracts import views
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM
from shared.records.access_scope import constant
from shared.records.following import Ids, Reference, ReferenceRewriter, finding, moves_table

_OVER_ONE = ("self", "record", "institution")
_MOVES = moves_table("access_reference_move")
_FOLLOWED = Statement(
    select(_MOVES.c.loser_id, _MOVES.c.winner_id).where(_MOVES.c.record_id == bindparam("grant", type_=Uuid))
)
_own = (grant.c.role == "expert") & (grant.c.created_by == SYSTEM.label)


@dataclass(frozen=True)
class _Scope(Reference):
    """The record that a grant is held over. No role over one record is of two, so that a proposed grant over one waits
    since a merge."""

    async def rewrite(self, uow: UnitOfWork, before: Grant, ids: Ids, loser: UUID) -> None:
        wanted = _over(before, ids)
        if before.status == "active" and not await _may_follow(uow, wanted, loser):
            causes = await merge_of(uow.connection, loser)
            wanted = replace(wanted, status="proposed", caused_by=causes[0].label if causes else None)
        await GRANTS.update(uow, before, wanted, reason="follows a merge")

    async def set_back(self, uow: UnitOfWork, before: Grant, ids: Ids) -> None:
        """A grant that waited stands again where all merges that it still follows are by somebody entitled."""
        wanted = _over(before, ids)
        if before.status == "proposed":
            left = await _FOLLOWED.fetch(uow.connection, grant=before.id)
            if all([await _may_follow(uow, _over(before, [move["winner_id"]]), move["loser_id"]) for move in left]):
                wanted = replace(wanted, status="active", caused_by=None)
        await GRANTS.update(uow, before, wanted, reason="a merge was undone")


def _over(record: Grant, ids: Ids) -> Grant:
    return replace(record, scope_id=str(ids[0]))


async def _may_follow(uow: UnitOfWork, wanted: Grant, loser: UUID) -> bool:
    """Whether who merged the loser may grant the role over the winner, and could when they merged."""
    return await were_entitled(uow.connection, await merge_of(uow.connection, loser), wanted_by(wanted))


_SCOPE = _Scope(
    GRANTS,
    "scope_id",
    finding(
        GRANTS,
        grant.c.scope_id == bindparam("named", type_=String),
        grant.c.scope_kind.in_([constant(kind) for kind in _OVER_ONE]),
        grant.c.status.in_([constant(status) for status in ("proposed", "active")]),
        not_(_own),
    ),
    ids=lambda record: [UUID(record.scope_id)],
    renamed=_over,
    named=str,
)
EXPERTS = ReferenceRewriter(_MOVES, views.EXPERTS, (_SCOPE,))
INSTITUTIONS = ReferenceRewriter(_MOVES, views.INSTITUTIONS, (_SCOPE,))
