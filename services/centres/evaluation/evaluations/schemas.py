"""What goes over HTTP for evaluations."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, PlainSerializer

from services.centres.evaluation.evaluations import conditions, record
from services.centres.evaluation.evaluations.domain import (
    KINDS,
    LIFECYCLE,
    MOST_CRITERIA,
    MOST_IN_PANEL,
    RECOMMENDATIONS,
)
from services.centres.evaluation.evaluations.summary import Summary
from services.centres.evaluation.evaluations.tables import evaluation
from shared.records.columns import parsed_or_fragment
from shared.records.panels import MEMBER, OFFICES
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Day, JsonDocument, Prose, ResponseModel, Titles
from shared.web.contract.questionnaires import Key
from shared.web.contract.schemas import RecordBody, RecordResponse

Recommendation: TypeAlias = Literal[RECOMMENDATIONS]  # type: ignore[valid-type]


class EvaluationCriterion(Body):
    """What the panel scores."""

    key: Annotated[Key, Field(examples=["relevance"]), "The name of the criterion in scores."]
    titles: Annotated[Titles, "The titles of the criterion, by language."]
    weight: Annotated[
        float, Field(gt=0, le=100, examples=[1]), "How much it counts in the mean, compared with the others."
    ] = 1


class EvaluationMember(Body):
    """An expert who evaluates."""

    expert_id: Annotated[UUID, Refers("/membership/v1/experts"), "The expert."]
    office: Annotated[Literal[OFFICES], "A chair also sees the means."] = MEMBER  # type: ignore[valid-type]


class CentreCondition(Body):
    """What a centre has to do."""

    text: Annotated[Prose, Field(examples=["Appoint a data steward"]), "What has to be done."]
    due: Annotated[Day | None, "Until when."] = None
    met_on: Annotated[Day | None, "Since when it is done; null before."] = None


def _as_json(given: list[CentreCondition] | None) -> list[dict[str, Any]] | None:
    return None if given is None else [one.model_dump(mode="json") for one in given]


Conditions: TypeAlias = Annotated[list[CentreCondition], Field(max_length=conditions.MOST)]
JsonConditions: TypeAlias = Annotated[Conditions, PlainSerializer(_as_json)]
"""Conditions as JSON values, whatever the rest of the body becomes."""


class EvaluationBody(RecordBody, of=record.Evaluation):
    """An evaluation as it is written. Without criteria it has the five usual ones."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    panel: Annotated[list[EvaluationMember], Field(max_length=MOST_IN_PANEL)] = []
    criteria: Annotated[list[EvaluationCriterion], Field(max_length=MOST_CRITERIA)] = []
    recommendation: Recommendation | None = None
    conditions: Conditions = []


class MetCondition(Body):
    """The fields of `meet_condition`."""

    number: Annotated[
        Annotated[int, Field(ge=1, le=conditions.MOST, strict=True)] | None,
        "For `meet_condition`: the number of the condition, from 1.",
    ] = None
    met_on: Annotated[Day | None, "For `meet_condition`: the day on which it was met; default: today."] = None


class EvaluationFields(MetCondition):
    """The fields of transitions: the findings of `complete`, if the evaluation does not have them; the number and the
    day of `meet_condition`."""

    report: Annotated[JsonDocument | None, "For `complete`: the report of the panel."] = None
    recommendation: Annotated[Recommendation | None, "For `complete`: what the panel recommends."] = None
    conditions: Annotated[JsonConditions | None, "For `complete`: what the centre has to do."] = None


class ScoreSummary(ResponseModel):
    """What the members of the panel without a conflict of interest give."""

    scored: Annotated[int, Field(examples=[2]), "How many members have scored."]
    means: Annotated[dict[str, float], Field(examples=[{"relevance": 4.5}]), "The mean by criterion."]
    mean: Annotated[float | None, Field(examples=[4.1]), "The mean by the weights; null without a score."]
    recommendations: Annotated[dict[str, int], Field(examples=[{"renew": 2}]), "How many members recommend what."]


class Evaluation(RecordResponse, of=record.Evaluation, lifecycle=LIFECYCLE):
    """An evaluation as a caller sees it. The panel and its means are for grants that cover the evaluation; grants over
    the centre read the findings once it is completed."""

    kind: Annotated[str, Field(examples=["renewal"], json_schema_extra={STATES: [*KINDS]})]
    panel: list[EvaluationMember] | None = None
    criteria: list[EvaluationCriterion]
    recommendation: Annotated[str | None, Field(examples=["renew"], json_schema_extra={STATES: [*RECOMMENDATIONS]})] = (
        None
    )
    conditions: list[CentreCondition] | None = None
    response: Annotated[Prose | None, Field(examples=[None])]
    scores: Annotated[
        ScoreSummary | None,
        "In an item, the means: for administrators and the chair; for the panel and the office once it is completed.",
    ] = None


def _findings(row: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody reads who may know of a completed evaluation."""
    if row["status"] != "completed":
        return {}
    found = {name: parsed_or_fragment(row[name]) for name in ("report", "conditions")}
    return {**found, "recommendation": row["recommendation"]}


present = presenter(record.Evaluation, evaluation, derive=_findings)


def shown_summary(found: Summary | None) -> dict[str, Any]:
    """The means in an item."""
    return {"scores": asdict(found) if found else None}
