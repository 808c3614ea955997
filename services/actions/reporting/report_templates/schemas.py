"""What goes over HTTP for templates of progress reports."""

from typing import Annotated, Literal

from pydantic import Field

from services.actions.reporting.report_templates import record
from services.actions.reporting.report_templates.domain import LIFECYCLE, REPEATS
from services.actions.reporting.report_templates.tables import report_template
from shared.questionnaires.template import MOST_QUESTIONS, MOST_SECTIONS, REPORT_TYPES
from shared.records.plain import presenter
from shared.web.contract.fields import Keyword, Line
from shared.web.contract.questionnaires import Question, Section
from shared.web.contract.schemas import RecordBody, RecordResponse


class ReportQuestion(Question):
    """A question of a progress report."""

    type: Annotated[Literal[REPORT_TYPES], Field(examples=["text"]), "The type of the answer."]  # type: ignore[valid-type]


class RepeatedSection(Section):
    """Questions of a progress report under a title."""

    repeat: Annotated[
        Literal[REPEATS] | None,  # type: ignore[valid-type]
        Field(examples=["pillar"]),
        "What the section is repeated for in a report: each pillar, each action of the programme, or each indicator"
        " that the country reports in the period.",
    ] = None
    questions: Annotated[  # type: ignore[assignment]
        list[ReportQuestion], Field(min_length=1, max_length=MOST_QUESTIONS), "The questions."
    ]


class ProgressReportTemplateBody(RecordBody, of=record.ReportTemplate):
    """A template as it is written; its framework and version stay."""

    sections: Annotated[list[RepeatedSection], Field(min_length=1, max_length=MOST_SECTIONS)]


class ProgressReportTemplateCreate(ProgressReportTemplateBody):
    """A new template. Its first member `version` is answered as `template_version`."""

    framework: Annotated[Line, Field(examples=["3+1/2026"])]
    template_version: Annotated[Keyword, Field(alias="version", examples=["2027"])]


class ProgressReportTemplate(RecordResponse, of=record.ReportTemplate, lifecycle=LIFECYCLE):
    """A template of progress reports; its country is always null."""

    sections: list[RepeatedSection]


present = presenter(record.ReportTemplate, report_template)
