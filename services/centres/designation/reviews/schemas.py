"""What goes over HTTP for reviews."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.centres.designation.reviews import record
from services.centres.designation.reviews.operations import REVIEWS
from services.centres.designation.reviews.tables import review
from shared.records.columns import renderer
from shared.web.contract.fields import Body, Prose
from shared.web.contract.schemas import RecordResponse
from shared.web.contract.values import written

Score = Annotated[int, Field(ge=0, le=5, strict=True)]


class Scores(Body):
    """0 is the worst, 5 the best."""

    relevance: Annotated[Score, Field(examples=[4]), "How relevant the centre's themes are."]
    capacity: Annotated[Score, Field(examples=[4]), "How able the host is to run the centre."]
    governance: Annotated[Score, Field(examples=[4]), "How well the centre is governed."]
    plan: Annotated[Score, Field(examples=[4]), "How sound the work plan is."]


class ReviewBody(Body, of=record.Review):
    """A review as it is written."""

    reviewer_id: UUID
    scores: Scores
    recommendation: Literal["designate", "decline"]
    conflict_of_interest: bool = False
    comment: Prose | None = None


class Review(RecordResponse, of=record.Review, lifecycle=REVIEWS.lifecycle):
    """A review in a response. Reviewers read the others once the centre is not under review any more, without names."""

    reviewer_id: UUID | None
    scores: Scores


written_in = written(review, ReviewBody.model_fields)
_render = renderer({column.key: column for column in review.c})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The review in a response."""
    address = record.Review.address_of(record.Review.resource_type, row)
    return {**_render(row), "links": {"self": address}}
