"""Rewrites the references of membership after merges of experts."""

from services.membership.consents.operations import CONSENTS
from services.membership.declarations.operations import DECLARATIONS
from services.membership.erasures.operations import ERASURES
from services.membership.messages.operations import CONVERSATION
from shared.contracts import views
from shared.records.following import ReferenceRewriter, moves_table, single

_FOLLOWING = (
    *(single(kind, "expert_id") for kind in (CONSENTS, DECLARATIONS, ERASURES)),
    *CONVERSATION.references(),
)
EXPERTS = ReferenceRewriter(moves_table("member_reference_move"), views.EXPERTS, _FOLLOWING)
