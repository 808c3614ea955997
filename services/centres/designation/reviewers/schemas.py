"""What goes over HTTP for invitations to review centres."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.centres.designation.reviewers import record
from services.centres.designation.reviewers.domain import DECISIONS, LIFECYCLE
from services.centres.designation.reviewers.tables import reviewer
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Clean, Day, LocalizedTexts, MailedToken, Prose, ResponseModel
from shared.web.contract.schemas import RecordResponse

Conflict = Annotated[str, StringConstraints(min_length=1, max_length=2_000), Clean]


class ReviewerCreate(Body, of=record.Reviewer):
    """The body of an invitation."""

    expert_id: UUID
    due: Day


class ReviewerChange(Body, of=record.Reviewer):
    """What changes in an invitation."""

    due: Day


class ReviewerFields(Body, of=record.Reviewer):
    """The fields of transitions: `conflict_of_interest` and `conflict` of accept, `expert_id` and `due` of replace."""

    conflict_of_interest: bool | None = None
    conflict: Conflict | None = None
    expert_id: UUID | None = None
    due: Day | None = None


class InvitationDecision(Body):
    """The decision about an invitation, with the token of its mail."""

    token: Annotated[MailedToken, "The token that came by mail."]
    decision: Annotated[Literal[tuple(DECISIONS)], "Whether the expert accepts the invitation."]  # type: ignore[valid-type]
    conflict_of_interest: Annotated[bool, "For `accept`: whether the expert has a conflict of interest."] = False
    conflict: Annotated[Conflict | None, "For `accept`: the conflict of interest; it counts as one."] = None
    reason: Annotated[Prose | None, "For `decline`: why."] = None


class DecidedInvitation(ResponseModel):
    """The invitation after the decision."""

    ref: Annotated[str, Field(examples=["RVR-000001"]), "The number of the invitation."]
    status: Annotated[str, Field(examples=["accepted"]), "`accepted` or `declined`."]
    centre_names: Annotated[LocalizedTexts, "The centre's names, by language."]
    due: Annotated[date, "The day by which the review is to be written."]


class Reviewer(RecordResponse, of=record.Reviewer, lifecycle=LIFECYCLE):
    """An invitation as a caller sees it."""


present = presenter(record.Reviewer, reviewer)


def decided(after: record.Reviewer) -> dict[str, Any]:
    """The response to a decision."""
    return {name: getattr(after, name) for name in DecidedInvitation.model_fields}
