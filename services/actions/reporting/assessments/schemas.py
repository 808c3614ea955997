"""What goes over HTTP for assessments and their comparison."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.actions.reporting.assessments import domain, record
from services.actions.reporting.assessments.tables import assessment
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import (
    Body,
    JsonDocument,
    Line,
    ResponseModel,
    Texts,
)
from shared.web.contract.schemas import PublishFields, RecordBody, RecordResponse
from shared.web.contract.values import row_values

Completion = Annotated[
    str,
    Field(examples=["substantial"], json_schema_extra={STATES: [*domain.COMPLETIONS]}),
    "How much of what was planned has been completed.",
]


class Subject(Body):
    """What is assessed."""

    kind: Annotated[Literal[domain.KINDS], "The kind of record."]  # type: ignore[valid-type]
    id: Annotated[UUID, "The id of the programme, action, milestone or centre."]


class Assessor(Body):
    """An expert of the register, or somebody by name, and the organisation that sends the person."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The expert of the register."] = None
    name: Annotated[
        Line | None, Field(examples=["Amina Khan"]), "The name of somebody who is no expert of the register."
    ] = None
    organisation: Annotated[Line | None, Field(examples=["Institute of Evaluation"]), "Who sends the assessor."] = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "Assessor":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("expert_or_name", "Give either expert_id or name.")
        return self


class AssessmentBody(RecordBody, of=record.Assessment):
    """An assessment as it is written; its subject stays."""

    completion: Literal[domain.COMPLETIONS]  # type: ignore[valid-type]
    assessor: Assessor
    text: Annotated[Texts, Field(min_length=1, examples=[{"en": "Six of nine stations measure."}])]
    evidence: Annotated[list[JsonDocument], Field(max_length=20)] = []


class AssessmentCreate(AssessmentBody, of=record.Assessment):
    """A new assessment of a programme, action, milestone or centre, in whose country it is."""

    subject: Annotated[Subject, "What is assessed."]


class AssessmentFields(PublishFields):
    """What `reply` and `publish` take."""

    text: Annotated[
        Texts | None, Field(examples=[{"en": "Two more stations follow in May."}]), "For `reply`: the reply."
    ] = None


class Assessment(RecordResponse, of=record.Assessment, lifecycle=domain.LIFECYCLE):
    """An assessment as a caller sees it."""

    subject: Annotated[Subject, "What is assessed."]
    completion: Completion
    assessor: Assessor


class SelfSide(ResponseModel):
    """What the country reports."""

    completion: Completion
    report: Annotated[UUID, "The progress report."]


class IndependentSide(ResponseModel):
    """What the latest published independent assessment found."""

    completion: Completion
    assessor: Annotated[Assessor, "Who assessed."]
    assessment: Annotated[UUID, "The assessment."]


class PillarSide(ResponseModel):
    """What the latest published independent assessments found of a pillar's actions."""

    completion: Annotated[Completion, "Their median, the lower one of two; `no_evidence` if nothing else was found."]
    assessments: Annotated[list[UUID], "The assessments."]


class ComparedSubject(ResponseModel):
    """What is compared."""

    kind: Annotated[
        str, Field(examples=["action"], json_schema_extra={STATES: [*domain.KINDS, domain.PILLAR]}), "Its kind."
    ]
    id: Annotated[UUID, "The id of the record; for a pillar, that of the programme."]
    pillar: Annotated[str | None, Field(examples=["action-1"]), "The key of the pillar; null for other kinds."]


class ComparisonItem(ResponseModel):
    """A subject in a period, and its two sides."""

    subject: Annotated[ComparedSubject, "What is compared."]
    period_id: Annotated[UUID, "The period."]
    self: Annotated[SelfSide | None, "What the country reports; null without a report."]
    independent: Annotated[
        IndependentSide | None, "What was found; null without a published assessment, and for a pillar."
    ]
    actions: Annotated[
        PillarSide | None, "For a pillar: what was found of its actions; null if none has a published assessment."
    ]
    difference: Annotated[
        int | None,
        Field(ge=-3, le=3, examples=[-1]),
        "How many points the side that was found is above the country's own; null with a `gap`.",
    ]
    gap: Annotated[
        str | None,
        Field(examples=["not_assessed"], json_schema_extra={STATES: [*domain.GAPS]}),
        "Why there is no difference, as in the vocabulary `gaps`: the country has `not_reported`, the subject was"
        " `not_assessed`, or a side is `no_evidence`; null with a difference.",
    ]


class Comparison(ResponseModel):
    """The subjects of a country with a side that the caller may know of."""

    items: Annotated[list[ComparisonItem], "By kind, id and period."]
    as_of: Annotated[date, "Today: a comparison has no past."]


def columns(body: AssessmentBody) -> dict[str, Any]:
    """The columns that a body sets; the ids of the subject and of an expert have columns of their own."""
    found = {**row_values(body, assessment), "expert_id": body.assessor.expert_id}
    subject = found.pop("subject", None)
    return found if subject is None else {**found, "subject_kind": subject["kind"], "subject_id": subject["id"]}


def _subject(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"subject": {"kind": row["subject_kind"], "id": str(row["subject_id"])}}


present = presenter(record.Assessment, assessment, derive=_subject)


def present_compared(found: domain.Compared) -> dict[str, Any]:
    """A subject with its two sides, as a comparison shows it."""
    own, independent, actions = found.own, found.independent, found.of_actions
    subject = {"kind": found.subject.kind, "id": str(found.subject.id), "pillar": found.subject.pillar or None}
    return {
        "subject": subject,
        "period_id": str(found.subject.period_id),
        "self": own and {"completion": own.completion, "report": str(own.report)},
        "independent": independent
        and {
            "completion": independent.completion,
            "assessor": independent.assessor,
            "assessment": str(independent.assessment),
        },
        "actions": actions
        and {"completion": actions.completion, "assessments": [str(one) for one in actions.assessments]},
        "difference": found.difference,
        "gap": found.gap,
    }
