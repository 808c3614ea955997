"""Erases what centres stores about a person."""

from uuid import UUID

from services.centres.committees.committee_meetings.operations import MEETINGS
from services.centres.committees.decisions.operations import DECISIONS
from services.centres.committees.seats.operations import SEATS, end_with_expert
from services.centres.designation.agreements.operations import AGREEMENTS
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.reviews.operations import REVIEWS
from services.centres.evaluation.evaluation_scores.operations import SCORES
from services.centres.evaluation.evaluations.operations import EVALUATIONS
from services.centres.merges import leave_panels, release, release_networks
from services.centres.personal import PARTS
from services.centres.questions.messages.operations import MESSAGES
from services.centres.reporting.annual_reports.operations import REPORTS
from shared.contracts.centres import ERASURE_REPORTED
from shared.database.unit_of_work import UnitOfWork
from shared.records.erasing import ErasableRows, reporting
from shared.records.erasing import erase as erase_rows

_TEXTS = (
    (CENTRES, ("application_answers", "public_note")),
    (MESSAGES, ("text", "attachments")),
    (AGREEMENTS, ("parties", "document", "signed_copies")),
    (SEATS, ("person_name", "reason")),
    (MEETINGS, ("minutes",)),
    (DECISIONS, ("titles", "text")),
    (REVIEWS, ("comment",)),
    (EVALUATIONS, ("response",)),
    (SCORES, ("comment",)),
    (REPORTS, ("answers", "public_answers", "comments", "documents")),
)

_ROWS = {name: ErasableRows(PARTS[name], "t.expert_id = ANY($1)") for name in ("reviewers", "evaluation_scores")}


async def erase(uow: UnitOfWork, expert: UUID) -> dict[str, int]:
    """Ends the seats and directorships of an erased person, their coordination of networks, and their places in panels
    of planned evaluations; their reviews and scores remain, under an id that identifies nobody, the scores without a
    comment. Deletes the invitations. Returns the number of rows by part."""
    counts = {
        "seats": await end_with_expert(uow, expert),
        "directed_centres": await release(uow, expert),
        "coordinated_networks": await release_networks(uow, expert),
        "evaluation_panels": await leave_panels(uow, expert),
    }
    return {part: count for part, count in counts.items() if count} | await erase_rows(uow, _ROWS, [expert])


erase_and_report = reporting(ERASURE_REPORTED, erase, _TEXTS)
"""The reaction to an expert who is being erased."""
