"""Rewrites the references of centres after merges of experts and institutions."""

from dataclasses import replace
from uuid import UUID

from services.centres.agreements.operations import AGREEMENTS
from services.centres.centres.operations import CENTRES
from services.centres.committees.operations import COMMITTEES
from services.centres.reviewers.operations import REVIEWERS
from services.centres.reviews.operations import REVIEWS
from services.centres.seats.operations import SEATS
from shared.contracts import views
from shared.database.unit_of_work import UnitOfWork
from shared.records.following import ReferenceRewriter, in_documents, moves_table, several, single

_MOVES = moves_table("centre_reference_move")
_DIRECTOR = single(CENTRES, "director_id")
EXPERTS = ReferenceRewriter(
    _MOVES,
    views.EXPERTS,
    (single(SEATS, "expert_id"), single(REVIEWERS, "expert_id"), _DIRECTOR, single(REVIEWS, "reviewer_id")),
)
"""Two seats, invitations or reviews of one person remain two; the guards count a reviewer once."""
INSTITUTIONS = ReferenceRewriter(
    _MOVES,
    views.INSTITUTIONS,
    (
        single(COMMITTEES, "host_institution_id"),
        several(COMMITTEES, "partner_institution_ids"),
        single(CENTRES, "host_institution_id"),
        in_documents(AGREEMENTS, "parties", "institution_id"),
    ),
)


async def release(uow: UnitOfWork, expert: UUID) -> int:
    """Removes an erased director from the centres. Returns how many there were."""
    directed = await _DIRECTOR.naming(uow, expert)
    for record in directed:
        await CENTRES.update(uow, record, replace(record, director_id=None))
    return len(directed)
