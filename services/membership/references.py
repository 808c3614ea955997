"""Rewrites the references of membership after merges of experts and institutions."""

from dataclasses import replace

from sqlalchemy.sql.elements import ColumnElement

from services.membership.certificates.operations import CERTIFICATES
from services.membership.certificates.queries import FREE_AT_MERGE_TARGET
from services.membership.consents.operations import CONSENTS
from services.membership.declarations.operations import DECLARATIONS
from services.membership.erasures.operations import ERASURES
from services.membership.messages.operations import CONVERSATION
from services.membership.supports.merging import supporter
from shared.contracts import views
from shared.records.following import Reference, ReferenceRewriter, moves_table, single
from shared.records.rows import with_columns


def _held(name: str, *more: ColumnElement[bool]) -> Reference:
    """The holder of certificates, which they name twice."""
    return replace(
        single(CERTIFICATES, name, *more),
        renamed=lambda record, ids: with_columns(record, {name: ids[0], "holder_key": ids[0]}),
    )


_FOLLOWING = (
    *(single(kind, "expert_id") for kind in (CONSENTS, DECLARATIONS, ERASURES)),
    _held("expert_id", FREE_AT_MERGE_TARGET),
    *CONVERSATION.references(),
    supporter("expert_id"),
)
_MOVES = moves_table("member_reference_move")
EXPERTS = ReferenceRewriter(_MOVES, views.EXPERTS, _FOLLOWING)
INSTITUTIONS = ReferenceRewriter(_MOVES, views.INSTITUTIONS, (_held("institution_id"), supporter("institution_id")))
