"""What goes over HTTP for reports of centres."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from services.centres.reporting.annual_reports import record
from services.centres.reporting.annual_reports.domain import KINDS, LIFECYCLE, light_of
from services.centres.reporting.annual_reports.tables import annual_report
from shared.kernel.clock import today
from shared.kernel.lights import LIGHTS
from shared.records.columns import parsed_or_fragment
from shared.records.plain import presenter
from shared.records.rows import record_read
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Day, JsonDocument, Line, Prose, ResponseModel, Visible
from shared.web.contract.questionnaires import Answers, Figures, Key
from shared.web.contract.schemas import RecordResponse


class AnnualReportBody(Body, of=record.AnnualReport):
    """A report as it is written."""

    visibility: Visible = "network"
    answers: Annotated[Answers, "The answers, by question."] = {}
    figures: Annotated[Figures, "The figures, by question."] = {}
    documents: Annotated[list[JsonDocument], Field(max_length=20)] = []


class AnnualReportCreate(Body, of=record.AnnualReport):
    """A report about a year before the first term of the centre in the register."""

    centre_id: UUID
    year: Annotated[int, Field(ge=1990, le=2100, strict=True), Field(examples=[2024])]
    due: Day
    visibility: Visible = "network"


class ReportRow(Body):
    """A row of an import."""

    registration_number: Line
    year: Annotated[int, Field(ge=1990, le=2100)]
    due: Day | None = None
    submitted_on: Day | None = None
    accepted_on: Day | None = None
    figures: dict[Key, Line] | None = None


class AnnualReportFields(Body):
    """What transitions take."""

    confirm_prefilled: Annotated[
        Annotated[bool, Field(strict=True)] | None, "For `submit`: the copied answers are still true."
    ] = None
    comments: Annotated[
        Annotated[dict[Key, Prose], Field(max_length=200)] | None,
        Field(examples=[{"summary": "Which stations?"}]),
        "For `return`: what is to be corrected, by question.",
    ] = None


class ReportPeriod(ResponseModel):
    """What a report is about."""

    starts: Annotated[date, "The first day."]
    ends: Annotated[date, "The last day."]


class Completeness(ResponseModel):
    """How many of the required questions are answered."""

    answered: Annotated[int, Field(examples=[2]), "The required questions with an answer."]
    required: Annotated[int, Field(examples=[3]), "The required questions."]


class AnnualReport(RecordResponse, of=record.AnnualReport, lifecycle=LIFECYCLE):
    """A report as a caller sees it: all of it with a grant that covers the centre, else what is public."""

    kind: Annotated[str, Field(examples=["annual"], json_schema_extra={STATES: [*KINDS]})]
    period: Annotated[ReportPeriod, "What it is about."]
    light: Annotated[
        Annotated[str, StringConstraints(max_length=6)] | None,
        Field(examples=["green"], json_schema_extra={STATES: [*LIGHTS]}),
        "Green until its last day, yellow for 30 days, then red; null once it is submitted or waived.",
    ]
    days_overdue: Annotated[int, Field(examples=[0]), "The days since its last day while it is awaited."]
    answers: Annotated[Answers, "The answers, by question; without a grant the public ones of an accepted report."]
    figures: Annotated[Figures, "The figures, by question; without a grant the public ones of an accepted report."]
    prefilled: list[Key] | None = None
    completeness: Annotated[Completeness | None, "How much is answered; for grants that cover the centre."] = None
    comments: dict[Key, Prose] | None = None


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the row, and what everybody may read of the answers."""
    report = record_read(record.AnnualReport, row)
    light = light_of(report, today())
    return {
        "period": {"starts": row["period_starts"].isoformat(), "ends": row["period_ends"].isoformat()},
        "light": light,
        "days_overdue": max(0, (today() - report.due).days) if light else 0,
        "answers": parsed_or_fragment(row["public_answers"]),
        "figures": parsed_or_fragment(row["public_figures"]),
    }


def _private(row: Mapping[str, Any]) -> dict[str, Any]:
    """What grants that cover the centre see in addition."""
    return {
        "answers": parsed_or_fragment(row["answers"]),
        "figures": parsed_or_fragment(row["figures"]),
        "completeness": {"answered": row["required"] - row["missing"], "required": row["required"]},
    }


present = presenter(record.AnnualReport, annual_report, derive=_derived, derive_private=_private)
