"""What goes over HTTP for progress reports."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.measurement.results import domain as results
from services.actions.plan.milestones import domain as milestones
from services.actions.reporting.delegations.domain import Assignment, assignment_of
from services.actions.reporting.report_sections.domain import STATES as SECTION_STATES
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.reports import record
from services.actions.reporting.reports.domain import (
    COUNTRY,
    CREDIT,
    LIFECYCLE,
    PREFILLS,
    SECRETARIAT,
    holder_of,
    light_on,
)
from services.actions.reporting.reports.tables import report
from shared.kernel.clock import today
from shared.kernel.lights import LIGHTS
from shared.records import plain
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Day, DecimalText, Line, LocalizedTexts, ResponseModel, Visible, each_once
from shared.web.contract.schemas import RecordResponse

_Word = Annotated[str, StringConstraints(max_length=20)]


class ContributorPerson(Body):
    """An expert of the register, or a name."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The expert who contributed."] = None
    name: Annotated[
        Line | None, Field(examples=["Amina Khan"]), "The name of somebody who is no expert of the register."
    ] = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "ContributorPerson":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("invalid_value", "Give either expert_id or name.")
        return self


class Contributor(Body):
    """Somebody who contributed to a report."""

    person: Annotated[ContributorPerson, "Who contributed."]
    credit: Annotated[
        list[Literal[CREDIT]],  # type: ignore[valid-type]
        Field(min_length=1, max_length=len(CREDIT), examples=[["writing-original-draft"]]),
        AfterValidator(each_once),
        "Roles of the Contributor Role Taxonomy (CRediT).",
    ]
    order: Annotated[int, Field(ge=1, le=1_000, strict=True, examples=[1]), "The place in the list of authors."] = 1


class ReportBody(Body, of=record.Report):
    """What changes in a report, besides its sections."""

    due_on: Day
    visibility: Visible = "network"
    contributors: Annotated[list[Contributor], Field(max_length=200)] = []


class ReportCreate(Body, of=record.Report):
    """A new report of a programme about a period."""

    programme_id: UUID
    period_id: UUID
    template_id: UUID | None = None
    prefill: Literal[PREFILLS] = "previous"  # type: ignore[valid-type]
    due_on: Day | None = None
    visibility: Visible = "network"
    replaces_id: UUID | None = None
    contributors: Annotated[list[Contributor], Field(max_length=200)] = []


class SectionSummary(ResponseModel):
    """A section of a report. What is copied, confirmed and assigned is for grants that cover the report."""

    key: Annotated[str, Field(examples=["summary"]), "The key of the section in the template."]
    item: Annotated[str | None, Field(examples=["action-1"]), "What a repeated section is about; else null."]
    state: Annotated[
        _Word, Field(examples=["draft"], json_schema_extra={STATES: [*SECTION_STATES]}), "How far the authors are."
    ]
    prefilled: Annotated[list[str] | None, "The questions whose answers were copied and not changed."] = None
    confirmed: Annotated[bool | None, "Whether an author confirmed the copied answers."] = None
    assigned_to: Annotated[UUID | None, "The account to which the section is delegated."] = None
    due_on: Annotated[date | None, "The day by which that account is to write it."] = None


class ReportedResult(ResponseModel):
    """A result as it was when the report was submitted."""

    result_id: Annotated[UUID, Refers("/actions/v1/results"), "The result."]
    ref: Annotated[str, Field(examples=["RES-000001"]), "Its reference."]
    indicator: Annotated[str, Field(examples=["SOIL-1"]), "The code of its indicator."]
    indicator_id: Annotated[UUID, Refers("/actions/v1/indicators"), "Its indicator."]
    action_id: Annotated[UUID | None, Refers("/actions/v1/actions"), "The action that it is about, if any."]
    centre_id: Annotated[UUID | None, Refers("/centres/v1/centres"), "The centre that it is about, if any."]
    value: Annotated[DecimalText | None, "The number."]
    numerator: Annotated[DecimalText | None, "The number above the line, if it is a fraction."]
    denominator: Annotated[DecimalText | None, "The number below the line, if it is a fraction."]
    code: Annotated[str | None, Field(examples=[None]), "The code of the scale."]
    text: Annotated[LocalizedTexts | None, "The text, by language."]
    missing: Annotated[str | None, Field(examples=[None]), "Why there is no value."]
    status: Annotated[str, Field(examples=["published"]), "Its state."]
    revision: Annotated[int, Field(examples=[1]), "Its revision."]


class ReportedMilestone(ResponseModel):
    """A milestone as it was when the report was submitted."""

    milestone_id: Annotated[UUID, Refers("/actions/v1/milestones"), "The milestone."]
    ref: Annotated[str, Field(examples=["MIL-000001"]), "Its reference."]
    action_id: Annotated[UUID, Refers("/actions/v1/actions"), "Its action."]
    status: Annotated[str, Field(examples=["done"]), "Its state."]
    due: Annotated[date, "The day on which it was due."]
    weight: Annotated[float, Field(examples=[1.0]), "Its share among those of its action."]


class ReportFigures(ResponseModel):
    """The results and milestones as they were when the report was submitted last."""

    as_of: Annotated[datetime, "The instant of the submission."]
    results: Annotated[list[ReportedResult], "The results that were submitted or further, by indicator."]
    milestones: Annotated[list[ReportedMilestone], "The milestones of the programme, by day."]


class Report(RecordResponse, of=record.Report, lifecycle=LIFECYCLE):
    """A report as a caller sees it. Lists have no `sections`, `figures` and `open_comments`."""

    contributors: list[Contributor]
    holder: Annotated[
        _Word | None,
        Field(examples=[COUNTRY], json_schema_extra={STATES: [COUNTRY, SECRETARIAT]}),
        "Who has it: the `country` or the `secretariat`; null once it is published or discarded.",
    ]
    light: Annotated[
        _Word | None,
        Field(examples=["green"], json_schema_extra={STATES: [*LIGHTS]}),
        "Green until its last day, yellow for 60 days, then red; null while the authors do not have it, and if it"
        " replaces another report.",
    ]
    sections: Annotated[list[SectionSummary] | None, "Its sections in their order; each has its own address."] = None
    figures: Annotated[ReportFigures | None, "The results and milestones of the last submission; null before."] = None
    open_comments: Annotated[
        int | None, Field(examples=[0]), "The comments that are not resolved; for grants that cover the report."
    ] = None


class ExpectedReport(ResponseModel):
    """The report that a programme owes about a period."""

    programme: Annotated[UUID, Refers("/actions/v1/programmes"), "The programme."]
    country: Annotated[str, Field(examples=["XA"]), "Its country."]
    period: Annotated[str, Field(examples=["2026"]), "The code of the period."]
    period_id: Annotated[UUID, Refers("/actions/v1/periods"), "The period."]
    due_on: Annotated[date, "The last day on which the report is in time."]
    light: Annotated[
        _Word | None,
        Field(examples=["yellow"], json_schema_extra={STATES: [*LIGHTS]}),
        "Green until that day, yellow for 60 days, then red; null once the report is submitted.",
    ]
    on_time: Annotated[
        bool | None, Field(examples=[None]), "Whether it was first submitted by that day; null before it was submitted."
    ]
    report: Annotated[UUID | None, Refers("/actions/v1/reports"), "The report; null before it is made."]
    status: Annotated[str | None, Field(examples=["draft"]), "The state of the report; null before it is made."]


class ExpectedReportPage(ResponseModel):
    """The reports of launched programmes about the periods that have opened."""

    items: Annotated[list[ExpectedReport], "By period, the latest first, and by country."]
    as_of: Annotated[date, "The day of the lights."]


def columns(body: ReportBody | ReportCreate) -> dict[str, Any]:
    """The columns that a body gives, its contributors as JSON."""
    people = [one.model_dump(mode="json") for one in body.contributors]
    return {**body.model_dump(exclude={"contributors"}), "contributors": people}


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    """Who has the report, and its light."""
    light = light_on(today(), row["status"], row["due_on"], row["replaces_id"])
    return {"holder": holder_of(row["status"]), "light": light}


_present = plain.presenter(record.Report, report, derive=_derived)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The report as this caller sees it; as an item with its figures. Callers whose grants do not cover the report see
    those that were published with a visibility that is theirs."""
    shown = _present(row, access)
    if (found := row.get("figures")) is None:
        return {**shown, "figures": None} if "figures" in row else shown
    figures = orjson.loads(found) if isinstance(found, str) else dict(found)
    open_to = None if access.sees_all_fields(row["country"], row["id"]) else access.open_visibilities
    parts = {name: _known(figures[name], states, open_to) for name, states in _PUBLISHED.items()}
    return {**shown, "figures": {**figures, **parts}}


_PUBLISHED = {"results": results.PUBLISHED, "milestones": milestones.PUBLISHED}
"""The states of figures that are visible by their visibility."""


def _known(
    parts: Sequence[Mapping[str, Any]], published: Collection[str], open_to: Collection[str] | None
) -> list[dict[str, Any]]:
    """The figures that were published with one of these visibilities, or all of them; without their visibility."""
    return [
        {name: value for name, value in one.items() if name != "visibility"}
        for one in parts
        if open_to is None or (one["status"] in published and one["visibility"] in open_to)
    ]


def present_sections(
    sections: Sequence[ReportSection], assignments: Sequence[Assignment], *, is_whole: bool
) -> list[dict[str, Any]]:
    """The sections of a report; with what grants that cover it see, or not."""
    return [_summary(section, assignments if is_whole else None) for section in sections]


def _summary(section: ReportSection, assignments: Sequence[Assignment] | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": section.key, "item": section.item, "state": section.state}
    if assignments is None:
        return shown
    copied = {"prefilled": section.prefilled, "confirmed": section.confirmed}
    return {**shown, **copied, **present_assignment(section.key, assignments)}


def present_assignment(key: str, assignments: Sequence[Assignment]) -> dict[str, Any]:
    """Whom a section is delegated to, and until when."""
    found = assignment_of(key, assignments)
    return {"assigned_to": found and str(found.account_id), "due_on": found and found.due_on}
