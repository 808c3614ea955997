"""What goes over HTTP for invitations to review contributions."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from services.actions.global_report.review.reviewers import record
from services.actions.global_report.review.reviewers.domain import LIFECYCLE
from services.actions.global_report.review.reviewers.tables import reviewer
from services.actions.global_report.review.rounds.schemas import NamedRound
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Clean
from shared.web.contract.schemas import RecordResponse


class ContributionReviewerCreate(Body, of=record.Reviewer):
    """The body of an invitation."""

    expert_id: UUID
    round: NamedRound


class ContributionReviewerFields(Body, of=record.Reviewer):
    """The fields of `accept`."""

    conflict_of_interest: bool | None = None
    conflict: Annotated[str, StringConstraints(min_length=1, max_length=2_000), Clean] | None = None


class ContributionReviewer(RecordResponse, of=record.Reviewer, lifecycle=LIFECYCLE):
    """An invitation as a caller sees it."""

    round: Annotated[int, Field(examples=[1]), "The number of the round."]


_present = presenter(record.Reviewer, reviewer)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The invitation in a response."""
    return {**_present(row, access), "round": row["round_number"]}
