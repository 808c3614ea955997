"""Rewrites the references of actions after merges of experts and institutions."""

from dataclasses import replace

from services.actions.actions.operations import ACTIONS
from services.actions.assessments.operations import ASSESSMENTS
from services.actions.assessments.record import Assessment
from services.actions.evidence.operations import EVIDENCE
from services.actions.focal_points.operations import FOCAL_POINTS
from services.actions.focal_points.record import FocalPoint
from services.actions.offers.operations import OFFERS
from services.actions.support_requests.operations import SUPPORT_REQUESTS
from shared.contracts import views
from shared.records.following import Ids, ReferenceRewriter, in_documents, moves_table, several, single

_MOVES = moves_table("action_reference_move")


def _named(record: FocalPoint, ids: Ids) -> FocalPoint:
    expert = ids[0]
    return replace(record, expert_id=expert, person={**record.person, "expert_id": str(expert) if expert else None})


def _assessing(record: Assessment, ids: Ids) -> Assessment:
    expert = ids[0]
    return replace(record, expert_id=expert, assessor={**record.assessor, "expert_id": str(expert) if expert else None})


EXPERTS = ReferenceRewriter(
    _MOVES,
    views.EXPERTS,
    (
        replace(single(FOCAL_POINTS, "expert_id"), renamed=_named),
        several(SUPPORT_REQUESTS, "expert_ids"),
        single(OFFERS, "expert_id"),
        replace(single(ASSESSMENTS, "expert_id"), renamed=_assessing),
    ),
)
"""Requests before their offers, as whoever changes an offer locks them."""
INSTITUTIONS = ReferenceRewriter(
    _MOVES,
    views.INSTITUTIONS,
    (in_documents(ACTIONS, "participants", "institution_id"), single(EVIDENCE, "scope_id")),
)
