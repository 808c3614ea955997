"""A report that a centre owes for a year, or for its term."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.questionnaires.answers import Answers
from shared.records.record import (
    Document,
    Example,
    Granted,
    Internal,
    Part,
    Public,
    Record,
    Refers,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualReport(Record):
    """A report of a centre, whose country it has. Everybody reads what is public in an accepted one; all of it is for
    grants that cover the centre. `public_answers` and `public_figures` are set by the acceptance."""

    resource_type = Resource("centres", "annual_reports", "annual_report")
    scope_column = "centre_id"

    visibility: Annotated[str, Public, Written, "Who may know of the report once it is accepted."]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that reports."]
    kind: Annotated[str, Public, "Whether it is about a year, or the final one about a term."]
    term_id: Annotated[
        UUID | None, Public, Refers("/centres/v1/terms"), "The term that it is about; null for an older report."
    ]
    number: Annotated[
        int | None, Public, Example(1), "Its number in the term, from 1; null for an older or a final report."
    ]
    year: Annotated[int, Public, Written, Example(2027), "The year in which its period ends."]
    period_starts: Annotated[date, Public, Part]
    period_ends: Annotated[date, Public, Part]
    due: Annotated[date, Public, Written, "The last day on which it is in time."]
    template_id: Annotated[
        UUID | None,
        Public,
        Tracked,
        Refers("/centres/v1/report_templates"),
        "The questions that it answers; null before `start`.",
    ]
    template_version: Annotated[str | None, Public, Tracked, Example("2027"), "The version of these questions."]
    answers: Annotated[Answers, Granted, Written, Part]
    figures: Annotated[Answers, Granted, Written, Part]
    public_answers: Annotated[Answers, Public, Part]
    public_figures: Annotated[Answers, Public, Part]
    documents: Annotated[Sequence[Document], Granted, Written, "Further documents; for grants that cover the centre."]
    answered: Annotated[Sequence[Document], Internal]
    prefilled: Annotated[
        list[str], Granted, Tracked, "The questions whose answers were copied and are neither changed nor confirmed."
    ]
    required: Annotated[int, Granted, Part]
    missing: Annotated[int, Granted, Part]
    comments: Annotated[
        Mapping[str, str], Granted, Tracked, "What is to be corrected, by question, since the last return."
    ]
    submitted_on: Annotated[date | None, Public, Tracked, "The day on which it was submitted last."]
    submitted_by: Annotated[str | None, Internal]
    accepted_on: Annotated[date | None, Public, Tracked, "The day on which it was accepted."]
    announced: Annotated[str | None, Internal]
    reminded_on: Annotated[date | None, Internal]
