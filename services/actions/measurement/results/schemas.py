"""What goes over HTTP for results."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import Field, StringConstraints, create_model

from services.actions.measurement.indicators.schemas import Unit
from services.actions.measurement.results import record, values
from services.actions.measurement.results.domain import LIFECYCLE
from services.actions.measurement.results.tables import result
from services.actions.measurement.subjects.domain import MOST_PARTS
from services.actions.measurement.subjects.schemas import Code, Dimensions, SubjectBody
from services.actions.measurement.validation_rules.domain import BUILT_IN, SEVERITIES
from services.actions.measurement.validation_rules.evaluation import Violation
from shared.records import plain
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.web.contract.contract import patch_of
from shared.web.contract.fields import (
    Body,
    DecimalText,
    JsonDocument,
    Line,
    LocalizedTexts,
    OneLine,
    Prose,
    ResponseModel,
    Texts,
    Visible,
)
from shared.web.contract.schemas import PublishFields, RecordResponse


class ResultPart(Body):
    """A part of the whole: a number, or a fraction."""

    dimensions: Dimensions
    value: Annotated[DecimalText | None, "The number."] = None
    numerator: Annotated[DecimalText | None, "The number above the line, if it is a fraction."] = None
    denominator: Annotated[DecimalText | None, "The number below the line, if it is a fraction."] = None


class ResultBody(Body, of=record.Result):
    """A result as it is written, with one value at most; its indicator, subject and period stay."""

    method: Literal[values.METHODS]  # type: ignore[valid-type]
    value: DecimalText | None = None
    numerator: DecimalText | None = None
    denominator: DecimalText | None = None
    code: Code | None = None
    text: Annotated[Texts, Field(min_length=1)] | None = None
    missing: Literal[values.REASONS_MISSING] | None = None  # type: ignore[valid-type]
    breakdown: Annotated[list[ResultPart], Field(max_length=MOST_PARTS)] = []
    source: Line | None = None
    method_note: Prose | None = None
    comment: Prose | None = None
    evidence: Annotated[list[JsonDocument], Field(max_length=20)] = []
    visibility: Visible = "network"


class ResultCreate(SubjectBody, ResultBody, of=record.Result):
    """A new result: of a period, or a baseline of a year."""

    kind: Literal[values.KINDS] = "actual"  # type: ignore[valid-type]
    period_id: UUID | None = None
    year: Annotated[int, Field(ge=1900, le=2100, strict=True), Field(examples=[2025])] | None = None


_Reason = Annotated[Prose, "Why the published value is revised."]


class RevisionReason(Body):
    """Why a published result is revised."""

    reason: _Reason


Revision = create_model(
    "ResultRevision",
    __base__=patch_of("Result", ResultBody),
    __doc__="What a revision changes of a published result, as in a merge patch, and why.",
    reason=(_Reason, ...),
)


class ResultFields(PublishFields):
    """What `approve` takes: the warnings that it acknowledges, with a reason; and who sees what `publish` publishes."""

    acknowledge: Annotated[
        list[Annotated[str, StringConstraints(max_length=64), OneLine]] | None,
        Field(max_length=100, examples=[["large_change"]]),
        "For `approve`: the rules whose warnings are acknowledged.",
    ] = None


class OtherValue(ResponseModel):
    """A value that the result is compared with."""

    id: Annotated[UUID, "The record that has it."]
    value: Annotated[DecimalText | None, "The number."] = None
    numerator: Annotated[DecimalText | None, "The number above the line, if it is a fraction."] = None
    denominator: Annotated[DecimalText | None, "The number below the line, if it is a fraction."] = None
    code: Annotated[str | None, Field(examples=["full"]), "The code of the scale."] = None


class RevisionSummary(ResponseModel):
    """One of the results of the same indicator, subject, time and kind."""

    id: Annotated[UUID, "The result."]
    ref: Annotated[str, Field(examples=["RES-000001"]), "Its reference."]
    revision: Annotated[int, Field(examples=[1]), "1, and one more with each revision."]
    status: Annotated[str, Field(examples=["superseded"]), "Its state."]
    value: Annotated[DecimalText | None, "The number."]
    numerator: Annotated[DecimalText | None, "The number above the line, if it is a fraction."]
    denominator: Annotated[DecimalText | None, "The number below the line, if it is a fraction."]
    code: Annotated[str | None, Field(examples=[None]), "The code of the scale."]
    revision_of: Annotated[UUID | None, "The result that it revises."]
    superseded_by: Annotated[UUID | None, "The published revision that replaced it."]


class ViolationResponse(ResponseModel):
    """A rule that a result violates. Errors block `submit`, warnings `approve` until it acknowledges them."""

    rule: Annotated[str, Field(examples=[BUILT_IN[2]]), "The code of the rule."]
    severity: Annotated[Literal[SEVERITIES], "Whether it is an error or a warning."]  # type: ignore[valid-type]
    left: Annotated[str | None, Field(examples=["12.50"]), "What the rule compares; null for a pair without it."]
    right: Annotated[str | None, Field(examples=["4"]), "What it is compared with; null for a pair without it."]
    instruction: Annotated[LocalizedTexts, "What is expected, by language."]
    acknowledged: Annotated[bool, "Whether the approval acknowledged it."]


class Result(RecordResponse, of=record.Result, lifecycle=LIFECYCLE):
    """A result as a caller sees it. Lists have no `breakdown`, `unit`, `target` and `previous`."""

    breakdown: list[ResultPart] | None = None
    unit: Annotated[Unit | None, "The unit of the indicator."] = None
    target: Annotated[OtherValue | None, "The target of the same subject and period."] = None
    previous: Annotated[OtherValue | None, "The published value of the same subject in an earlier period."] = None
    validation: Annotated[
        list[ViolationResponse] | None,
        "The rules that the result violates; in lists with `include=validation`.",
    ] = None
    revisions: Annotated[
        list[RevisionSummary] | None,
        "With `include=revisions`: all results of its key that the caller may know of, except discarded ones.",
    ] = None


_present = plain.presenter(record.Result, result)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The result as this caller sees it; as an item with what it is compared with."""
    shown = _present(row, access)
    if row.get("of_indicator") is None:
        return shown
    return {
        **shown,
        "breakdown": parsed_or_fragment(row["breakdown"]),
        "unit": orjson.loads(row["of_indicator"])["unit"],
        "target": parsed_or_fragment(row["target"]),
        "previous": parsed_or_fragment(row["previous"]),
    }


def present_violations(found: Iterable[Violation], acknowledged: Collection[str]) -> list[dict[str, Any]]:
    """Violations of a result, each with whether its approval acknowledged it."""
    return [{**asdict(one), "acknowledged": one.rule in acknowledged} for one in found]
