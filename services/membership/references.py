"""Rewrites the references of membership after merges of experts and institutions."""

from services.membership.certificates.operations import CERTIFICATES
from services.membership.certificates.queries import FREE_AT_MERGE_TARGET
from services.membership.consents.operations import CONSENTS
from services.membership.declarations.operations import DECLARATIONS
from services.membership.erasures.operations import ERASURES
from services.membership.messages.operations import CONVERSATION
from shared.contracts import views
from shared.records.following import ReferenceRewriter, moves_table, single

_FOLLOWING = (
    *(single(kind, "expert_id") for kind in (CONSENTS, DECLARATIONS, ERASURES)),
    single(CERTIFICATES, "expert_id", FREE_AT_MERGE_TARGET),
    *CONVERSATION.references(),
)
_MOVES = moves_table("member_reference_move")
EXPERTS = ReferenceRewriter(_MOVES, views.EXPERTS, _FOLLOWING)
INSTITUTIONS = ReferenceRewriter(_MOVES, views.INSTITUTIONS, (single(CERTIFICATES, "institution_id"),))
