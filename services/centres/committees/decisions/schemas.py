"""What goes over HTTP for decisions of committees."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.centres.committees.decisions import record
from services.centres.committees.decisions.domain import KINDS, LIFECYCLE
from services.centres.committees.decisions.tables import decision
from shared.records.columns import JsonObject
from shared.records.plain import presenter
from shared.web.contract.fields import Body, each_once
from shared.web.contract.schemas import RecordBody, RecordResponse
from shared.web.contract.values import row_values

_Count: TypeAlias = Annotated[int, Field(ge=0, le=500, strict=True)]


class DecisionVotes(Body):
    """How many votes were cast which way."""

    for_: Annotated[_Count, Field(alias="for"), Field(examples=[4]), "The votes for it."] = 0
    against: Annotated[_Count, Field(examples=[1]), "The votes against it."] = 0
    abstain: Annotated[_Count, Field(examples=[0]), "The abstentions."] = 0


class DecisionSubject(Body):
    """A record that a decision is about."""

    kind: Annotated[
        Literal[KINDS],  # type: ignore[valid-type]
        Field(examples=["centres"]),
        "The kind of the record, as in its address.",
    ]
    id: Annotated[UUID, "The record's id."]


class CommitteeDecisionBody(RecordBody, of=record.Decision):
    """A decision as it is written."""

    votes: DecisionVotes = DecisionVotes()
    recused: Annotated[list[UUID], Field(max_length=500), AfterValidator(each_once)] = []
    about: Annotated[list[DecisionSubject], Field(max_length=50)] = []


class CommitteeDecision(RecordResponse, of=record.Decision, lifecycle=LIFECYCLE):
    """A decision as a caller sees it."""

    votes: DecisionVotes
    about: list[DecisionSubject]


def columns(body: CommitteeDecisionBody) -> JsonObject:
    """The columns that a body gives, its votes as JSON."""
    votes = {"for": body.votes.for_, "against": body.votes.against, "abstain": body.votes.abstain}
    return {**row_values(body, decision), "votes": votes}


def _recused(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"recused": [str(key) for key in row["recused"]]}


present = presenter(record.Decision, decision, derive=_recused)
