"""What goes over HTTP for validation rules."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.actions.measurement.indicators.schemas import Code
from services.actions.measurement.subjects.schemas import DimensionKey
from services.actions.measurement.validation_rules import domain, record
from services.actions.measurement.validation_rules.tables import validation_rule
from shared.records.plain import presenter
from shared.web.contract.fields import Body, DecimalText, Keyword, Line
from shared.web.contract.schemas import RecordBody, RecordResponse


class RuleTerm(Body):
    """The number of an indicator, of the same subject as the result."""

    indicator: Annotated[Code, "The code of the indicator, or its id."]
    dimensions: Annotated[
        dict[DimensionKey, Keyword],
        Field(max_length=5, examples=[{"sex": "female"}]),
        "Codes by the keys of dimensions, for a part; none for the whole.",
    ] = {}
    period: Annotated[
        Literal[domain.PERIODS],  # type: ignore[valid-type]
        "The period of the result, or the last earlier one with a published value.",
    ] = domain.SAME
    factor: Annotated[DecimalText, "What the number is multiplied by."] = Decimal(1)


class RuleSide(Body):
    """One side of a comparison: the sum of its terms and its constant."""

    terms: Annotated[list[RuleTerm], Field(max_length=domain.MOST_TERMS), "What is added up."] = []
    constant: Annotated[DecimalText | None, "A number that is added."] = None


class ValidationRuleBody(RecordBody, of=record.ValidationRule):
    """A validation rule as it is written; its code, framework and country stay."""

    severity: Literal[domain.SEVERITIES]  # type: ignore[valid-type]
    left: RuleSide
    operator: Literal[domain.OPERATORS]  # type: ignore[valid-type]
    right: RuleSide
    missing: Literal[domain.MISSING] = "skip_if_any"  # type: ignore[valid-type]


class ValidationRuleCreate(ValidationRuleBody, is_creation=True):
    """A new validation rule, of a framework or of a country."""

    code: Annotated[Code, Field(examples=["FOREST-IN-LAND"])]
    framework: Annotated[Line | None, Field(examples=["3+1/2026"])] = None


class ValidationRule(RecordResponse, of=record.ValidationRule, lifecycle=domain.LIFECYCLE):
    """A validation rule as a caller sees it."""

    left: RuleSide
    right: RuleSide


present = presenter(record.ValidationRule, validation_rule)
