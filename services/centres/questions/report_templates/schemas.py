"""What goes over HTTP for templates of reports."""

from typing import Annotated, Literal

from pydantic import Field

from services.centres.questions.report_templates import record
from services.centres.questions.report_templates.domain import KINDS, LIFECYCLE
from services.centres.questions.report_templates.tables import report_template
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Keyword
from shared.web.contract.questionnaires import Section, Sections
from shared.web.contract.schemas import RecordBody, RecordResponse


class ReportTemplateBody(RecordBody, of=record.ReportTemplate):
    """A template as it is written; its kind and version stay."""

    sections: Sections


class ReportTemplateCreate(ReportTemplateBody):
    """A new template. Its first member `version` is answered as `template_version`."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    template_version: Annotated[Keyword, Field(alias="version", examples=["2027"])]


class ReportTemplate(RecordResponse, of=record.ReportTemplate, lifecycle=LIFECYCLE):
    """A template; its country is always null."""

    kind: Annotated[str, Field(examples=["annual_report"], json_schema_extra={STATES: [*KINDS]})]
    sections: list[Section]


present = presenter(record.ReportTemplate, report_template)
