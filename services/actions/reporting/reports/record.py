"""A progress report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Part, Public, Record, Refers, Texts, Tracked, Written


class Person(TypedDict):
    """An expert of the register, or a name."""

    expert_id: str | None
    name: str | None


class Contributor(TypedDict):
    """Somebody who contributed, in which roles of CRediT, and in which place of the list."""

    person: Person
    credit: Sequence[str]
    order: int


class ReportedResult(TypedDict):
    """A result as it was when the report was submitted, with numbers as decimal text."""

    result_id: str
    ref: str
    indicator: str
    indicator_id: str
    action_id: str | None
    centre_id: str | None
    value: str | None
    numerator: str | None
    denominator: str | None
    code: str | None
    text: Texts | None
    missing: str | None
    status: str
    revision: int
    visibility: str


class ReportedMilestone(TypedDict):
    """A milestone as it was when the report was submitted."""

    milestone_id: str
    ref: str
    action_id: str
    status: str
    due: str
    weight: float
    visibility: str


class Figures(TypedDict):
    """The results and milestones as they were when the report was submitted last, and when that was."""

    as_of: str
    results: Sequence[ReportedResult]
    milestones: Sequence[ReportedMilestone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Record):
    """What a programme reports about a period, with the programme's country. `expert_ids`: the contributors who are
    experts; `authors`: the accounts and clients that wrote it, besides those of its sections; `figures`: the results
    and milestones at the instant of the last submission."""

    resource_type = Resource("actions", "reports", "report")

    visibility: Annotated[str, Public, Written, "Who may know of the report once it is published."]
    programme_id: Annotated[
        UUID, Public, Written, Refers("/actions/v1/programmes"), "The programme that reports. It never changes."
    ]
    period_id: Annotated[
        UUID, Public, Written, Refers("/actions/v1/periods"), "The period that it is about. It never changes."
    ]
    template_id: Annotated[
        UUID,
        Public,
        Written,
        Refers("/actions/v1/report_templates"),
        "The questions that it answers; by default those in force for the programme's framework.",
    ]
    prefill: Annotated[
        str,
        Public,
        Written,
        Example("previous"),
        "Whether answers are copied from the previous report of the programme: previous or none.",
    ]
    due_on: Annotated[date, Public, Written, "The last day on which it is in time; by default that of the period."]
    replaces_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/reports"), "The published report that this one replaces."
    ]
    contributors: Annotated[Sequence[Contributor], Public, Written, "Who contributed, and in which roles of CRediT."]
    expert_ids: Annotated[list[UUID], Internal]
    authors: Annotated[list[UUID], Internal]
    figures: Annotated[Figures | None, Public, Part]
    submitted_at: Annotated[datetime | None, Public, Tracked, "When it was submitted last."]
    reported_at: Annotated[
        datetime | None,
        Public,
        Tracked,
        "When the programme first submitted a report about the period, this one or the one"
        " that it replaces: by then it is in time or late.",
    ]
    published_at: Annotated[datetime | None, Public, Tracked, "When it was published."]
    superseded_by: Annotated[
        UUID | None, Public, Tracked, Refers("/actions/v1/reports"), "The published report that replaced it."
    ]
    announced: Annotated[str | None, Internal]
    reminded_on: Annotated[date | None, Internal]
