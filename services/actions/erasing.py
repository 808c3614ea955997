"""Erases what actions stores about a person."""

from uuid import UUID

from services.actions.coordination.focal_points.operations import FOCAL_POINTS, end_with_expert
from services.actions.coordination.task_comments.operations import TASK_COMMENTS
from services.actions.coordination.tasks.operations import TASKS
from services.actions.global_report.contributions.operations import CONTRIBUTIONS, erase_author
from services.actions.global_report.review.comments.operations import COMMENTS as REVIEW_COMMENTS
from services.actions.global_report.review.naming.operations import forget_expert
from services.actions.global_report.review.reviewers.operations import REVIEWERS, erase_reviewer
from services.actions.governments.correspondence.operations import LETTERS
from services.actions.governments.meetings.operations import MEETINGS
from services.actions.reporting.assessments.operations import ASSESSMENTS
from services.actions.reporting.evidence.operations import EVIDENCE, purge_of
from services.actions.reporting.report_comments.operations import COMMENTS
from services.actions.reporting.report_sections.operations import SECTIONS
from services.actions.reporting.reports.operations import REPORTS
from services.actions.support.offers.operations import OFFERS
from services.actions.support.support_requests import arranging
from services.actions.support.support_requests.operations import SUPPORT_REQUESTS
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
    (CONTRIBUTIONS, ("titles", "abstract", "funding", "conflicts", "authors")),
    (REVIEWERS, ("conflict",)),
    (REVIEW_COMMENTS, ("text", "answer")),
)


async def erase(uow: UnitOfWork, expert: UUID) -> dict[str, int]:
    """Ends the offices of an erased person, withdraws the offers, purges the files and empties what contributions say
    of an author; the rows remain, under an id that identifies nobody. Returns the number of rows by part."""
    counts = {
        "focal_points": await end_with_expert(uow, expert),
        "offers": await arranging.end_with_expert(uow, expert),
        "evidence": await purge_of(uow, expert),
        "contributions": await erase_author(uow, expert),
        "contribution_reviewers": await erase_reviewer(uow, expert),
        "naming_consents": await forget_expert(uow, expert),
    }
    return {part: count for part, count in counts.items() if count}


erase_and_report = reporting(ERASURE_REPORTED, erase, _TEXTS)
"""The reaction to an expert who is being erased."""
