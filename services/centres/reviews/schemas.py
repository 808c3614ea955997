"""What goes over HTTP for reviews."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.centres.reviews.operations import path_of
from services.centres.reviews.tables import review
from shared.records.columns import Renderer
from shared.web.fields import Body, Prose, RecordAnswer

Score = Annotated[int, Field(ge=0, le=5, strict=True)]


class Scores(Body):
    """0 is the worst, 5 the best."""

    relevance: Score
    capacity: Score
    governance: Score
    plan: Score


class ReviewBody(Body):
    """A review as it is written."""

    reviewer_id: UUID
    scores: Scores
    recommendation: Literal["designate", "decline"]
    conflict_of_interest: bool = False
    comment: Prose | None = None


class Review(RecordAnswer):
    """A review as it is answered."""

    centre_id: UUID
    reviewer_id: UUID
    scores: dict[str, int]
    recommendation: str
    conflict_of_interest: bool
    comment: str | None


_render = Renderer({column.key: column for column in review.c})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The review as it is answered."""
    record = _render(row)
    return {**record, "links": {"self": path_of(record["centre_id"], record["id"])}}
