"""Rewrites the references of membership after merges of experts and institutions."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.certificates.certificates.queries import FREE_AT_MERGE_TARGET
from services.membership.events.congresses.operations import CONGRESSES
from services.membership.events.participations.operations import PARTICIPATIONS, move, move_back
from services.membership.events.participations.tables import participation
from services.membership.initiatives.supports.merging import supporter
from services.membership.mailing.consents.operations import CONSENTS
from services.membership.protection.erasures.operations import ERASURES
from services.membership.register.experts.tables import expert
from services.membership.register.messages.operations import CONVERSATION
from services.membership.selection.calls.operations import CALLS
from services.membership.selection.declarations.operations import DECLARATIONS
from services.membership.selection.nominations.operations import NOMINATIONS
from services.membership.selection.scores.operations import SCORES
from shared.contracts import views
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.following import Ids, Reference, ReferenceRewriter, in_documents, moves_table, single
from shared.records.rows import with_columns


def _held(name: str, *more: ColumnElement[bool]) -> Reference:
    """The holder of certificates, which they name twice."""
    return replace(
        single(CERTIFICATES, name, *more),
        renamed=lambda record, ids: with_columns(record, {name: ids[0], "holder_key": ids[0]}),
    )


class _Participant(Reference):
    """The expert of a participation, who may have another one in the same role."""

    async def rewrite(self, uow: UnitOfWork, record: Any, ids: Ids, _loser: UUID) -> None:
        await move(uow, record, ids[0] or record.expert_id)

    async def set_back(self, uow: UnitOfWork, record: Any, ids: Ids) -> None:
        await move_back(uow, record, ids[0] or record.expert_id)


_AT_ONCE = 100
_NAMED = Statement(
    select(expert.c.id)
    .where(
        expert.c.merged_into.is_not(None),
        select(participation.c.id).where(participation.c.expert_id == expert.c.id).exists(),
    )
    .order_by(expert.c.id)
    .limit(bindparam("limit"))
)
_MOVES = moves_table("member_reference_move")
_participant = single(PARTICIPATIONS, "expert_id")
_FOLLOWING = (
    *(single(kind, "expert_id") for kind in (CONSENTS, DECLARATIONS, ERASURES, NOMINATIONS, SCORES)),
    _held("expert_id", FREE_AT_MERGE_TARGET),
    in_documents(CALLS, "panel", "expert_id"),
    in_documents(NOMINATIONS, "conflicts", "expert_id"),
    *CONVERSATION.references(),
    supporter("expert_id"),
    _Participant(PARTICIPATIONS, "expert_id", _participant.names, _participant.ids, _participant.renamed),
)
EXPERTS = ReferenceRewriter(_MOVES, views.EXPERTS, _FOLLOWING)
INSTITUTIONS = ReferenceRewriter(
    _MOVES,
    views.INSTITUTIONS,
    (_held("institution_id"), single(CONGRESSES, "host_institution_id"), supporter("institution_id")),
)


async def follow_experts(uow: UnitOfWork) -> None:
    """Rewrites references to experts that were merged while a list named them, of at most 100 experts at once."""
    for row in await _NAMED.fetch(uow.connection, limit=_AT_ONCE):
        await EXPERTS.rewrite(uow, row["id"])
