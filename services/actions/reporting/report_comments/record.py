"""A comment on a section of a progress report."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportComment(Record):
    """What a reviewer or an officer says about a section, with the country of the report. It is never published, and a
    grant over one record names the report."""

    resource_type = Resource("actions", "report_comments", "report_comment")
    scope_column = "report_id"

    visibility: Annotated[str, Public]
    report_id: Annotated[UUID, Public, Refers("/actions/v1/reports"), "The report that it belongs to."]
    section: Annotated[str, Public, Written, Example("summary"), "The key of the section."]
    item: Annotated[str | None, Public, Written, Example(None), "The item of a repeated section; null for all of them."]
    text: Annotated[str, Public, Written, Example("Which stations?"), "What is said."]
    must_answer: Annotated[
        bool, Public, Written, "Whether the report is cleared only after the comment is answered and resolved."
    ]
    answer: Annotated[str | None, Public, Tracked, Example("Those of the delta."), "What the authors answer."]
