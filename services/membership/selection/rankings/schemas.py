"""What goes over HTTP for rankings and results."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.membership.selection.calls.schemas import Targets
from shared.database.statements import Row
from shared.records.record import Refers
from shared.web.contract.fields import ResponseModel

Counts = dict[str, int]


class RankedNomination(ResponseModel):
    """A nomination with its rank."""

    rank: Annotated[
        int | None, Field(examples=[1]), "The rank by the mean, equal for equal means; null without a score."
    ]
    id: Annotated[UUID, Refers("/membership/v1/nominations"), "The nomination."]
    ref: Annotated[str, Field(examples=["NOM-000001"]), "The number of the nomination."]
    expert_id: Annotated[UUID, Refers("/membership/v1/experts"), "The nominee."]
    name: Annotated[str, Field(examples=["Amina Khan"]), "The name of the nominee."]
    country: Annotated[str, Field(examples=["XA"]), "The country of the nominee."]
    status: Annotated[str, Field(examples=["nominated"]), "The state of the nomination."]
    mean: Annotated[
        float | None,
        Field(examples=[4.25]),
        "The weighted mean, from 0 to 5. Before the decision members see it over their own score.",
    ]
    scores: Annotated[int, Field(examples=[3]), "How many scores the mean is made of."]


class Balance(ResponseModel):
    """How many nominees are in each group."""

    total: Annotated[int, Field(examples=[12]), "The number of nominees."]
    gender: Annotated[Counts, Field(examples=[{"female": 5, "unknown": 7}]), "By gender, of those who agreed to it."]
    region: Annotated[Counts, Field(examples=[{"Africa": 12}]), "By region."]
    field: Annotated[Counts, Field(examples=[{"1": 12}]), "By major field of science; a nominee may have several."]
    met: Annotated[
        dict[str, dict[str, bool]], Field(examples=[{"gender": {"female": True}}]), "Whether each target is met."
    ]


class BothBalances(ResponseModel):
    """The balance of all nominees, and that of the selection."""

    pool: Annotated[Balance, "All nominees."]
    selection: Annotated[Balance, "Those of `selected`, or those who are selected."]


class Ranking(ResponseModel):
    """The nominations of a call by rank."""

    items: Annotated[list[RankedNomination], "The nominations of the page, the best first."]
    next: Annotated[str | None, "The address of the next page; null on the last."]
    seats: Annotated[int, Field(examples=[3]), "How many are selected at most."]
    targets: Annotated[Targets, "The smallest shares of the selection."]
    balance: Annotated[BothBalances, "The balance of all nominees and of the selection, whatever the page."]


class NamedResult(ResponseModel):
    """Somebody who was selected and agrees to be named."""

    name: Annotated[str, Field(examples=["Amina Khan"]), "The name."]
    country: Annotated[str, Field(examples=["XA"]), "The country."]


class Results(ResponseModel):
    """The results of a call."""

    selected: Annotated[int, Field(examples=[3]), "How many were selected."]
    items: Annotated[list[NamedResult], "Those who agree to be named."]
    unlisted: Annotated[int, Field(examples=[1]), "How many were selected and are not named."]
    published_at: Annotated[datetime, "When the results were published."]


def shown(row: Row, nominee: Row) -> dict[str, Any]:
    """A ranked nomination in a response."""
    return {
        "rank": row["rank"],
        "id": str(row["id"]),
        "ref": row["ref"],
        "expert_id": str(row["expert_id"]),
        "name": nominee["display_name"],
        "country": nominee["country"],
        "status": row["status"],
        "mean": row["mean"],
        "scores": row["scores"],
    }
