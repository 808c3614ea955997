"""The fields that the rows of results and targets may set."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.actions.measurement.results import values
from services.actions.measurement.subjects.schemas import Code, Dimensions
from shared.web.contract.fields import Body, CountryCode, DecimalText, Line, Prose, Texts


class SubjectRow(Body):
    """What a row names, and its part of the whole."""

    indicator: Line
    country: CountryCode | None = None
    action: Line | None = None
    centre: Line | None = None
    period: Line | None = None
    value: DecimalText | None = None
    code: Code | None = None
    comment: Prose | None = None
    dimensions: Dimensions | None = None


class TargetRow(SubjectRow):
    """A row of a target."""

    period: Line


class ResultRow(SubjectRow):
    """A row of a result."""

    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    kind: Literal[values.KINDS] = "actual"  # type: ignore[valid-type]
    numerator: DecimalText | None = None
    denominator: DecimalText | None = None
    text: Annotated[Texts, Field(min_length=1)] | None = None
    missing: Literal[values.REASONS_MISSING] | None = None  # type: ignore[valid-type]
    method: Literal[values.METHODS] | None = None  # type: ignore[valid-type]
    source: Line | None = None
    evidence_id: UUID | None = None
