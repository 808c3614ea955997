"""Rewrites the references of actions after merges of experts and institutions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.coordination.focal_points.operations import FOCAL_POINTS
from services.actions.coordination.focal_points.record import FocalPoint
from services.actions.global_report.contributions.domain import listed
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.contributions.record import Author, Contribution
from services.actions.global_report.review.reviewers.operations import REVIEWERS
from services.actions.plan.actions.operations import ACTIONS
from services.actions.reporting.assessments.operations import ASSESSMENTS
from services.actions.reporting.assessments.record import Assessment
from services.actions.reporting.evidence.operations import EVIDENCE
from services.actions.reporting.reports.operations import REPORTS
from services.actions.reporting.reports.record import Contributor, Person, Report
from services.actions.support.offers.operations import OFFERS
from services.actions.support.support_requests.operations import SUPPORT_REQUESTS
from shared.contracts import views
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
from shared.records.resource_type import ResourceType

_MOVES = moves_table("action_reference_move")


def _named(record: FocalPoint, ids: Ids) -> FocalPoint:
    expert = ids[0]
    return replace(record, expert_id=expert, person={**record.person, "expert_id": str(expert) if expert else None})


def _assessing(record: Assessment, ids: Ids) -> Assessment:
    expert = ids[0]
    return replace(record, expert_id=expert, assessor={**record.assessor, "expert_id": str(expert) if expert else None})


def _contributors(record: Report) -> Ids:
    return [UUID(key) if (key := one["person"]["expert_id"]) else None for one in record.contributors]


def _with_contributors(record: Report, ids: Ids) -> Report:
    named = [
        one
        if key is None
        else Contributor(person=Person(expert_id=str(key), name=None), credit=one["credit"], order=one["order"])
        for one, key in zip(record.contributors, ids, strict=True)
    ]
    return replace(record, contributors=named, expert_ids=sorted({key for key in ids if key}))


def _authors(record: Contribution) -> Ids:
    return [UUID(key) if (key := author["expert_id"]) else None for author in record.authors]


def _with_authors(record: Contribution, ids: Ids) -> Contribution:
    authors: list[Author] = [
        author if key is None else {**author, "expert_id": str(key)}
        for author, key in zip(record.authors, ids, strict=True)
    ]
    return listed(record, authors)


def _people_of(
    kind: ResourceType[Any, Any], name: str, read: Callable[[Any], Ids], write: Callable[[Any, Ids], Any]
) -> Reference:
    """The experts among the people of a document, whom `expert_ids` repeats."""
    named = kind.table.c.expert_ids.contains(bindparam("named", type_=ARRAY(Uuid)))
    return Reference(kind, name, finding(kind, named), read, write, named=lambda key: [key])


EXPERTS = ReferenceRewriter(
    _MOVES,
    views.EXPERTS,
    (
        replace(single(FOCAL_POINTS, "expert_id"), renamed=_named),
        several(SUPPORT_REQUESTS, "expert_ids"),
        single(OFFERS, "expert_id"),
        replace(single(ASSESSMENTS, "expert_id"), renamed=_assessing),
        _people_of(REPORTS, "contributors", _contributors, _with_contributors),
        _people_of(CONTRIBUTIONS, "authors", _authors, _with_authors),
        single(REVIEWERS, "expert_id"),
        single(EVIDENCE, "scope_id"),
    ),
)
"""Requests before their offers, as whoever changes an offer locks them."""
INSTITUTIONS = ReferenceRewriter(
    _MOVES,
    views.INSTITUTIONS,
    (in_documents(ACTIONS, "participants", "institution_id"), single(EVIDENCE, "scope_id")),
)
