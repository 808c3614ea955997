"""Centres, and the terms that they are designated for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from services.centres.evaluation.evaluations.conditions import Condition
from shared.kernel.resource import Resource
from shared.questionnaires.answers import Answers
from shared.records.record import (
    Document,
    Granted,
    Internal,
    Keywords,
    Line,
    Part,
    Prose,
    Public,
    Record,
    Refers,
    Texts,
    Titles,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre(Record):
    """A centre. `term_*` are those of the latest term; `designated_on` is the day of the first decision."""

    resource_type = Resource("centres", "centres", "centre")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Texts, Public, Written, Titles, "The centre's names, by language."]
    search_key: Annotated[str, Internal]
    host_institution_id: Annotated[
        UUID, Public, Written, Refers("/membership/v1/institutions"), "The institution that hosts the centre."
    ]
    unit: Annotated[str | None, Public, Written, Line, "The unit of the host that the centre is."]
    committee_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/centres/v1/committees"),
        "The national committee that proposes the centre.",
    ]
    director_id: Annotated[
        UUID | None, Public, Written, Refers("/membership/v1/experts"), "The expert who directs the centre."
    ]
    themes: Annotated[list[str], Public, Written, Keywords, "What the centre works on."]
    terms_of_reference: Annotated[
        Document | None, Granted, Written, "The terms of reference; for grants that cover the centre."
    ]
    work_plan: Annotated[Document | None, Granted, Written, "The work plan; for grants that cover the centre."]
    host_letter: Annotated[
        Document | None, Granted, Written, "The letter of the host institution; for grants that cover the centre."
    ]
    application_answers: Annotated[
        Answers,
        Granted,
        Written,
        "The answers to the questions of the active template of applications; for grants that cover the centre.",
    ]
    application_documents: Annotated[Sequence[Document], Internal]
    """The documents among these answers."""
    address: Annotated[str | None, Public, Written, Prose, "The postal address."]
    position: Annotated[Document | None, Public, Written, "The location of the centre."]
    final_report: Annotated[
        Document | None, Granted, Tracked, "The report on the term that ends; for grants that cover the centre."
    ]
    evaluation: Annotated[
        Document | None, Granted, Tracked, "The evaluation of the term that ends; for grants that cover the centre."
    ]
    previous_status: Annotated[str | None, Internal]
    registration_number: Annotated[
        str | None, Public, Tracked, "The number that the centre was given at its first designation."
    ]
    registration_serial: Annotated[int | None, Internal]
    designated_on: Annotated[date | None, Public, Tracked, "The day of the first decision to designate the centre."]
    term_number: Annotated[int | None, Public, Tracked, Part]
    term_starts: Annotated[date | None, Public, Tracked, Part]
    term_ends: Annotated[date | None, Public, Tracked, Part]
    public_note: Annotated[str | None, Public, Tracked, "What the register says of the latest transition."]
    assignee: Annotated[UUID | None, Granted, Tracked, "The account or client that works on the file."]
    clock_holder: Annotated[str | None, Granted, Part]
    clock_since: Annotated[datetime | None, Granted, Part]
    clock_target: Annotated[datetime | None, Granted, Part]
    """While the applicant has the file, the target that moves when the file returns."""
    clock_days: Annotated[int | None, Internal]
    """The days that the present stage allows."""
    clock_spent: Annotated[Mapping[str, int], Granted, Part]
    """The days that each holder has had the file before the present one got it."""
    clock_announced: Annotated[bool, Internal]
    """Whether a fact has said that the target has passed."""
    reminded_on: Annotated[date | None, Internal]
    pending_change: Annotated[
        Document | None,
        Granted,
        Tracked,
        "The change that takes effect on a later day; for grants that cover the centre.",
    ]
    pending_closure: Annotated[
        Document | None,
        Granted,
        Tracked,
        "The closure that takes effect on a later day; for grants that cover the centre.",
    ]
    change_documents: Annotated[Sequence[Document], Internal]
    """The documents of changes, of the pending one, too."""
    noted_version: Annotated[int | None, Internal]
    """The version of the centre that the step with the latest `public_note` made."""
    review_by: Annotated[
        date | None, Granted, Tracked, "The day until which a suspension is reviewed; for grants that cover the centre."
    ]
    closure_cause: Annotated[str | None, Granted, Tracked, "Why the centre closed; for grants that cover the centre."]
    successor_id: Annotated[
        UUID | None, Public, Tracked, Refers("/centres/v1/centres"), "The centre that goes on with its work."
    ]
    closed_on: Annotated[date | None, Public, Tracked, "The last day of a centre that has closed."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Record):
    """A term of a centre, with the centre's country and visibility.

    `endorsement_id` is the government's consent for a designation, `waiver` replaces it. `consent_lapsed_on`: since
    when the country has no valid endorsement. `ends` is the last day as decided, `ended_on` the day on which the term
    ended.
    """

    resource_type = Resource("centres", "terms", "term")
    also_scoped_by = ("centre_id",)

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[UUID, Public, Tracked, Refers("/centres/v1/centres"), "The centre that is designated."]
    number: Annotated[int, Public, Tracked, "The first term of a centre is 1."]
    starts: Annotated[date, Public, Tracked, "The first day of the term."]
    ends: Annotated[date, Public, Tracked, "The last day of the term, as it was decided."]
    terms_of_reference: Annotated[
        Document | None, Granted, "The terms of reference of this term; for grants that cover the centre."
    ]
    work_plan: Annotated[Document | None, Granted, "The work plan of this term; for grants that cover the centre."]
    decided_on: Annotated[date, Public, "The day of the decision."]
    endorsement_id: Annotated[
        UUID | None,
        Granted,
        Tracked,
        Refers("/actions/v1/endorsements"),
        "The government's endorsement that the designation rests on.",
    ]
    waiver: Annotated[Document | None, Granted, Tracked, "The waiver instead of an endorsement."]
    conditions: Annotated[
        Sequence[Condition], Granted, Tracked, "What the renewal asks of the centre; for grants that cover the centre."
    ]
    decision: Annotated[
        Document | None, Granted, Tracked, "The decision to renew the centre; for grants that cover the centre."
    ]
    decision_id: Annotated[
        UUID | None,
        Granted,
        Tracked,
        Refers("/centres/v1/decisions"),
        "The decision of the committee that stands for it; for grants that cover the centre.",
    ]
    consent_lapsed_on: Annotated[date | None, Granted, Tracked, "Since when the country has no valid endorsement."]
    suspension_proposed_on: Annotated[
        date | None, Granted, Tracked, "When two reports of the term were very late, so that a suspension was proposed."
    ]
    ended_on: Annotated[
        date | None, Public, Tracked, "The day on which the term ended, where that was before its last day."
    ]
