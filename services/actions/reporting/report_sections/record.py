"""A section of a progress report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.questionnaires.answers import Answers
from shared.records.record import Document, Internal, Public, Record, Refers, Tracked, Written

REPORTS = Resource("actions", "reports", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection(Record):
    """The answers to one section of a template, for one item if the section is repeated. It has a version of its own,
    so that several people write at the same time. `authors`: the accounts and clients that wrote it; `answered`: the
    documents among its answers."""

    resource_type = Resource("actions", "report_sections", "report_section")
    scope_column = "report_id"

    visibility: Annotated[str, Public]
    report_id: Annotated[UUID, Public, Refers("/actions/v1/reports"), "The report that it belongs to."]
    key: Annotated[str, Public, "The key of the section in the template."]
    item: Annotated[
        str | None,
        Public,
        "What a repeated section is about: the key of a pillar, or the id of an action or indicator; else null.",
    ]
    position: Annotated[int, Internal]
    state: Annotated[str, Public, Written, "How far the authors are: empty, draft or done."]
    answers: Annotated[Answers, Public, Written, "The answers, by question."]
    codes: Annotated[Sequence[Tag], Public, Written, "Codes of schemes that the section is about."]
    prefilled: Annotated[
        list[str], Public, Tracked, "The questions whose answers were copied from the report before and not changed."
    ]
    confirmed: Annotated[bool, Public, Written, "Whether an author confirmed that the copied answers are still true."]
    authors: Annotated[list[UUID], Internal]
    answered: Annotated[Sequence[Document], Internal]

    @classmethod
    def address_of(cls, _resource: Resource, columns: Mapping[str, object]) -> str:
        """The section's path below its report."""
        item = "" if columns["item"] is None else f"/{columns['item']}"
        return f"{REPORTS.link(columns['report_id'])}/sections/{columns['key']}{item}"
