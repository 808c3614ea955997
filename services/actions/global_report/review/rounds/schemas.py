"""What goes over HTTP for rounds of review."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.actions.global_report.review.rounds import domain, record
from services.actions.global_report.review.rounds.tables import review_round
from shared.records.plain import presenter
from shared.web.contract.fields import each_once
from shared.web.contract.schemas import RecordBody, RecordResponse

Audience: TypeAlias = Annotated[Literal[domain.AUDIENCES], Field(examples=["experts"])]  # type: ignore[valid-type]

NamedRound: TypeAlias = Annotated[
    Annotated[int, Field(ge=1, le=99, strict=True)] | UUID, Field(examples=[1]), "The number or the id of the round."
]


class ReviewRoundBody(RecordBody, of=record.ReviewRound):
    """What changes in a round; its number stays."""

    audience: Audience = "experts"
    contributions: Annotated[
        list[UUID], Field(min_length=1, max_length=domain.MOST_CONTRIBUTIONS), AfterValidator(each_once)
    ]


class ReviewRoundCreate(ReviewRoundBody, of=record.ReviewRound, is_creation=True):
    """A new round."""

    number: Annotated[int | None, Field(ge=1, le=99, strict=True, examples=[1])] = None


class ReviewRound(RecordResponse, of=record.ReviewRound, lifecycle=domain.LIFECYCLE):
    """A round as a caller sees it."""


present = presenter(record.ReviewRound, review_round)
