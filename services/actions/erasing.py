"""Erases what actions stores about a person."""

from uuid import UUID

from services.actions.assessments.operations import ASSESSMENTS
from services.actions.correspondence.operations import LETTERS
from services.actions.evidence.operations import EVIDENCE, purge_of
from services.actions.focal_points.operations import FOCAL_POINTS, end_with_expert
from services.actions.meetings.operations import MEETINGS
from services.actions.offers.operations import OFFERS
from services.actions.report_comments.operations import COMMENTS
from services.actions.report_sections.operations import SECTIONS
from services.actions.reports.operations import REPORTS
from services.actions.support_requests import arranging
from services.actions.support_requests.operations import SUPPORT_REQUESTS
from services.actions.task_comments.operations import TASK_COMMENTS
from services.actions.tasks.operations import TASKS
from shared.contracts.actions import ERASURE_REPORTED
from shared.database.unit_of_work import UnitOfWork
from shared.records.erasing import reporting

_TEXTS = (
    (LETTERS, ("subject", "parties", "about", "document")),
    (MEETINGS, ("titles", "participants", "decisions")),
    (EVIDENCE, ("title", "file_name")),
    (SUPPORT_REQUESTS, ("titles", "need", "documents", "delivery_document", "rating_text")),
    (OFFERS, ("message",)),
    (ASSESSMENTS, ("assessor", "text", "reply", "evidence")),
    (TASKS, ("titles", "text")),
    (TASK_COMMENTS, ("text",)),
    (FOCAL_POINTS, ("person", "role", "letter")),
    (REPORTS, ("contributors",)),
    (SECTIONS, ("answers",)),
    (COMMENTS, ("text", "answer")),
)


async def erase(uow: UnitOfWork, expert: UUID) -> dict[str, int]:
    """Ends the offices of an erased person, withdraws the offers and purges the files; the rows remain, under an id
    that identifies nobody. Returns the number of rows by part."""
    counts = {
        "focal_points": await end_with_expert(uow, expert),
        "offers": await arranging.end_with_expert(uow, expert),
        "evidence": await purge_of(uow, expert),
    }
    return {part: count for part, count in counts.items() if count}


erase_and_report = reporting(ERASURE_REPORTED, erase, _TEXTS)
"""The reaction to an expert who is being erased."""
