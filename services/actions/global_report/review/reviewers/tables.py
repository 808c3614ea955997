"""Invitations to review contributions."""

from services.actions.global_report.review.reviewers.record import Reviewer
from shared.records.columns import table_of

reviewer = table_of(Reviewer, "action_reviewer")
