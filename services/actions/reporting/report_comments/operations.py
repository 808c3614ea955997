"""Writing comments on reports. The callers lock the report first."""

from dataclasses import replace
from uuid import UUID

from services.actions.reporting.report_comments.domain import LIFECYCLE
from services.actions.reporting.report_comments.record import ReportComment
from services.actions.reporting.report_comments.tables import comment
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.lifecycle import given
from shared.records.resource_type import ResourceType, TransitionRequest

COMMENTS: ResourceType[ReportComment, None] = ResourceType.of(ReportComment, comment, LIFECYCLE)


async def create(uow: UnitOfWork, report: UUID, country: str, new: ReportComment) -> ReportComment:
    """Comments on a section of a locked report."""
    placed = replace(new, report_id=report, country=country, visibility="restricted", status="open")
    return await COMMENTS.insert(uow, placed)


def after(before: ReportComment, requested: TransitionRequest) -> ReportComment:
    """The comment with what changes in a transition: `answer` brings a text, else its reason counts."""
    if requested.action != "answer":
        return before
    return replace(before, answer=given(requested.fields, "text", str) or requested.reason or before.answer)
