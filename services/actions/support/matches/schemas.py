"""What goes over HTTP for matches."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.actions.support.matches.domain import REGION, RULE, Candidate, Criterion, score
from shared.database.statements import Row
from shared.kernel.decimals import to_text
from shared.web.contract.fields import DecimalText, ResponseModel


class MatchedExpert(ResponseModel):
    """An expert who may be asked."""

    id: Annotated[UUID, "The expert's id."]
    ref: Annotated[str, Field(examples=["EXP-000123"]), "The expert's ref."]
    display_name: Annotated[str, Field(examples=["Amina Khan"]), "The preferred name in one line."]
    country: Annotated[str, Field(examples=["XA"]), "The expert's country."]


class MatchReason(ResponseModel):
    """A criterion that the expert meets."""

    code: Annotated[
        str,
        Field(examples=["fields"]),
        "`fields`, `boundaries`, `ecosystems`, `keywords`, `languages` or `region`.",
    ]
    matched: Annotated[list[str], Field(examples=[["1.5"]]), "The asked values that the expert has."]
    share: Annotated[float, Field(examples=[0.5]), "Which share of the asked values that is."]
    weight: Annotated[float, Field(examples=[0.35]), "The weight of the criterion."]


class MeanRating(ResponseModel):
    """The mean of at least five ratings."""

    mean: Annotated[DecimalText, Field(examples=["4.25"]), "The mean, from 1 to 5."]
    count: Annotated[int, Field(examples=[8]), "How many ratings."]


class ExpertMatch(ResponseModel):
    """An expert with the score and why."""

    expert: Annotated[MatchedExpert, "The expert."]
    score: Annotated[float, Field(examples=[0.72]), "From 0 to 1: weighted shares over the weights of what is asked."]
    reasons: Annotated[list[MatchReason], "The criteria that the expert meets, the heaviest first."]
    rating: Annotated[MeanRating | None, "How countries rate the expert's support; null with less than five ratings."]


class ExpertMatchPage(ResponseModel):
    """The experts who match a request best."""

    items: Annotated[list[ExpertMatch], "The experts, the highest score first, then by id."]
    rule: Annotated[str, Field(examples=[RULE]), "The rule of the ranking, and its version."]


def shown(
    one: Candidate,
    expert: Row,
    criteria: Sequence[Criterion],
    matched: Mapping[str, Sequence[str]],
    rating: Row | None,
) -> dict[str, Any]:
    """A match as the response has it."""
    found = {
        criterion.code: matched.get(criterion.kind, ())
        if criterion.code != REGION
        else [expert["country"]] * (expert["country"] in criterion.asked)
        for criterion in criteria
    }
    reasons = [
        {
            "code": criterion.code,
            "matched": list(found[criterion.code]),
            "share": round(len(found[criterion.code]) / criterion.count, 4),
            "weight": criterion.weight / 100,
        }
        for criterion in criteria
        if found[criterion.code]
    ]
    return {
        "expert": {**{name: expert[name] for name in MatchedExpert.model_fields}, "id": str(one.id)},
        "score": score(one.points, criteria),
        "reasons": reasons,
        "rating": {"mean": to_text(rating["mean"]), "count": rating["count"]} if rating else None,
    }
