"""Rewrites the references of centres after merges of experts and institutions."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam

from services.centres.committees.committees.operations import COMMITTEES
from services.centres.committees.decisions.operations import DECISIONS
from services.centres.committees.seats.operations import SEATS
from services.centres.designation.agreements.operations import AGREEMENTS
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.reviewers.operations import REVIEWERS
from services.centres.designation.reviews.operations import REVIEWS
from services.centres.evaluation.evaluation_scores.operations import SCORES
from services.centres.evaluation.evaluations.operations import EVALUATIONS
from services.centres.network.networks.operations import NETWORKS
from services.centres.network.partnerships.operations import PARTNERSHIPS, name_institution
from shared.contracts import views
from shared.database.unit_of_work import UnitOfWork
from shared.records.following import (
    Ids,
    Reference,
    ReferenceRewriter,
    finding,
    in_documents,
    moves_table,
    several,
    single,
)


class _Partner(Reference):
    """The institution of a partnership, which may be a second one of its centre."""

    async def rewrite(self, uow: UnitOfWork, record: Any, ids: Ids, _loser: UUID) -> None:
        await name_institution(uow, record, ids[0])

    async def set_back(self, uow: UnitOfWork, record: Any, ids: Ids) -> None:
        await name_institution(uow, record, ids[0])


def _pending(name: str) -> Reference:
    """What a pending change of a centre names under this member."""

    def ids(record: Any) -> Ids:
        named = (record.pending_change or {}).get(name)
        return [UUID(named) if named else None]

    def renamed(record: Any, found: Ids) -> Any:
        return replace(record, pending_change={**(record.pending_change or {}), name: str(found[0])})

    condition = CENTRES.table.c.pending_change[name].astext == bindparam("named", type_=Text)
    return Reference(CENTRES, "pending_change", finding(CENTRES, condition), ids, renamed, named=str)


_MOVES = moves_table("centre_reference_move")
_DIRECTOR = single(CENTRES, "director_id")
_PENDING_DIRECTOR = _pending("director_id")
_COORDINATOR = single(NETWORKS, "coordinator_id")
_PANEL = in_documents(EVALUATIONS, "panel", "expert_id")
_partner = single(PARTNERSHIPS, "partner_institution_id")
EXPERTS = ReferenceRewriter(
    _MOVES,
    views.EXPERTS,
    (
        single(SEATS, "expert_id"),
        single(REVIEWERS, "expert_id"),
        _DIRECTOR,
        _PENDING_DIRECTOR,
        single(REVIEWS, "reviewer_id"),
        _COORDINATOR,
        _PANEL,
        in_documents(EVALUATIONS, "conflicts", "expert_id"),
        single(SCORES, "expert_id"),
    ),
)
"""Two seats, invitations, reviews or scores of one person remain two; the guards count a person once."""
INSTITUTIONS = ReferenceRewriter(
    _MOVES,
    views.INSTITUTIONS,
    (
        single(COMMITTEES, "host_institution_id"),
        several(COMMITTEES, "partner_institution_ids"),
        single(CENTRES, "host_institution_id"),
        _pending("host_institution_id"),
        in_documents(AGREEMENTS, "parties", "institution_id"),
        in_documents(DECISIONS, "about", "id"),
        _Partner(PARTNERSHIPS, _partner.field, _partner.names, _partner.ids, _partner.renamed),
    ),
)


async def release(uow: UnitOfWork, expert: UUID) -> int:
    """Removes an erased director from the centres, and from changes to come. Returns how many centres there were."""
    directed = await _DIRECTOR.naming(uow, expert)
    for record in directed:
        await CENTRES.update(uow, record, replace(record, director_id=None))
    for record in await _PENDING_DIRECTOR.naming(uow, expert):
        await CENTRES.update(uow, record, replace(record, pending_change=None))
    return len(directed)


async def release_networks(uow: UnitOfWork, expert: UUID) -> int:
    """Removes an erased coordinator from the networks. Returns how many there were."""
    coordinated = await _COORDINATOR.naming(uow, expert)
    for record in coordinated:
        await NETWORKS.update(uow, record, replace(record, coordinator_id=None))
    return len(coordinated)


async def leave_panels(uow: UnitOfWork, expert: UUID) -> int:
    """Removes an erased expert from the panels of planned evaluations, which do not start without others. Returns how
    many there were."""
    planned = [record for record in await _PANEL.naming(uow, expert) if record.status == "planned"]
    for record in planned:
        panel = [member for member in record.panel if member["expert_id"] != str(expert)]
        await EVALUATIONS.update(uow, record, replace(record, panel=panel))
    return len(planned)
