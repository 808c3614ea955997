"""Rewrites the references of membership after merges of experts."""

from services.membership.declarations.operations import DECLARATIONS
from shared.contracts import views
from shared.records.following import ReferenceRewriter, moves_table, single

EXPERTS = ReferenceRewriter(moves_table("member_reference_move"), views.EXPERTS, (single(DECLARATIONS, "expert_id"),))
