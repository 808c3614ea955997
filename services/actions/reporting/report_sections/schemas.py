"""What goes over HTTP for sections of progress reports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import Field

from services.actions.classification.schemes.schemas import Tag
from services.actions.reporting.report_sections import record
from services.actions.reporting.report_sections.domain import EMPTY, STATES
from services.actions.reporting.report_sections.tables import section
from shared.questionnaires import answers
from shared.questionnaires.template import Question
from shared.records.columns import renderer
from shared.web.contract.contract import STATES as EXTENSIBLE
from shared.web.contract.fields import Body, ResponseModel
from shared.web.contract.questionnaires import Answers
from shared.web.contract.schemas import Links
from shared.web.contract.values import written


class ReportSectionBody(Body, of=record.ReportSection):
    """A section as it is written."""

    state: Literal[STATES] = EMPTY  # type: ignore[valid-type]
    answers: Answers = {}
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    confirmed: Annotated[bool, Field(strict=True)] = False


class ReportSection(ResponseModel, of=record.ReportSection):
    """A section of a report. It has a version and an ETag of its own. Callers whose grants do not cover the report see
    the public answers."""

    version: Annotated[int, Field(ge=1, examples=[3]), "Grows by one with each change."]
    report_id: UUID
    key: Annotated[str, Field(examples=["summary"])]
    item: Annotated[str | None, Field(examples=["action-1"])]
    state: Annotated[str, Field(examples=["draft"], json_schema_extra={EXTENSIBLE: [*STATES]})]
    answers: Answers
    codes: list[Tag]
    prefilled: list[str] | None = None
    confirmed: bool | None = None
    assigned_to: Annotated[UUID | None, "The account to which the section is delegated; for grants that cover it."] = (
        None
    )
    due_on: Annotated[date | None, "The day by which that account is to write it."] = None
    updated_at: Annotated[datetime, "When it was last changed."]
    links: Annotated[Links, "Addresses of the section."]


written_in = written(section, ReportSectionBody.model_fields)
_OWN = (
    "id", "ref", "status", "country", "visibility", "created_at", "created_by", "updated_by", "position", "authors",
    "answered",
)  # fmt: skip
_PRIVATE = ("prefilled", "confirmed")
_render = renderer({column.key: column for column in section.c if column.key not in _OWN})


def columns(body: ReportSectionBody) -> dict[str, Any]:
    """The columns that a body gives, as JSON."""
    return body.model_dump(mode="json")


def present(
    row: Mapping[str, Any], assigned: Mapping[str, Any] | None, questions: list[Question] | None
) -> dict[str, Any]:
    """The section in a response: with whom it is assigned to for grants that cover it, else, if `questions` are given,
    with the public answers to them."""
    shown = _render(row)
    if questions is not None:
        whole = orjson.loads(row["answers"])
        shown = {name: value for name, value in shown.items() if name not in _PRIVATE}
        shown["answers"] = answers.public(questions, whole)
    else:
        shown |= assigned or {"assigned_to": None, "due_on": None}
    return {**shown, "links": {"self": record.ReportSection.address_of(record.ReportSection.resource_type, row)}}
