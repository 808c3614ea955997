"""Rewrites grants after merges: a grant over one expert or institution becomes one over the winner.

Nobody gets a wider role by a merge: the grant becomes proposed if the merging principal may not grant it over the
winner. The role of an expert over their own record is left to `offices`, which derives it from the account of the
record.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, not_, select

from services.access.authority.grants.authority import wanted_by
from services.access.authority.grants.operations import GRANTS
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from services.access.authority.offices.causes import merge_of, were_entitled
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
    """The record of a grant's scope. No role over one record is of two, so a proposed grant over one waits because of a
    merge, unless a person asks for it."""

    async def rewrite(self, uow: UnitOfWork, before: Grant, ids: Ids, loser: UUID) -> None:
        wanted = _over(before, ids)
        if before.status == "active" and not await _may_follow(uow, wanted, loser):
            causes = await merge_of(uow.connection, loser)
            wanted = replace(wanted, status="proposed", caused_by=causes[0].label if causes else None)
        await GRANTS.update(uow, before, wanted, reason="follows a merge")

    async def set_back(self, uow: UnitOfWork, before: Grant, ids: Ids) -> None:
        """Activates a waiting grant again if all merges that it still follows are by permitted principals."""
        wanted = _over(before, ids)
        is_asked = before.proof is not None and before.caused_by is None
        if before.status == "proposed" and not is_asked:
            left = await _FOLLOWED.fetch(uow.connection, grant=before.id)
            if all([await _may_follow(uow, _over(before, [move["winner_id"]]), move["loser_id"]) for move in left]):
                wanted = replace(wanted, status="active", caused_by=None)
        await GRANTS.update(uow, before, wanted, reason="a merge was undone")


def _over(record: Grant, ids: Ids) -> Grant:
    return replace(record, scope_id=str(ids[0]))


async def _may_follow(uow: UnitOfWork, wanted: Grant, loser: UUID) -> bool:
    """Whether the principal who merged the loser may grant the role over the winner, now and at the time of the
    merge."""
    given = replace(wanted_by(wanted), invited_in=None)
    return await were_entitled(uow.connection, await merge_of(uow.connection, loser), given)


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
