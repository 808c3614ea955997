"""The rules that every result is validated by. Plain Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Literal, TypeAlias

from services.actions.results.record import Result
from services.actions.results.values import lacks_parts, number_of
from shared.kernel.decimals import EXACT, to_text, total
from shared.records.record import Parts

Severity: TypeAlias = Literal["error", "warning"]
RULES = ("breakdown_total", "percentage_range", "large_change")
_LARGE = 2
"""The inverse of the share of the previous value above which a change is large."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a result is compared with: measure, rule across countries and dimensions of its indicator, and the previous
    published value of its subject as `value`, `numerator` and `denominator`."""

    measure: str
    across: str
    dimensions: list[Mapping[str, Any]]
    previous: Mapping[str, Any] | None

    def lacks_parts(self, record: Result) -> bool:
        """Whether a required dimension is in no part of the result."""
        return lacks_parts(record, self.dimensions)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a result violates: the two sides that were compared, as texts, and what to do."""

    rule: str
    severity: Severity
    left: str
    right: str
    instruction: Mapping[str, str]


def violations(record: Result, around: Surroundings) -> list[Violation]:
    """The rules that the result violates."""
    sides = {"value": record.value, "numerator": record.numerator, "denominator": record.denominator}
    number = number_of(sides, around.measure)
    if number is None:
        return []
    return [
        *_of_parts(record.value, record.breakdown, around),
        *_of_percentage(number, around),
        *_of_change(number, around),
    ]


def _of_parts(value: Decimal | None, breakdown: Parts, around: Surroundings) -> Iterator[Violation]:
    if value is None or around.across != "sum":
        return
    for one in around.dimensions:
        parts = [number_of(part, around.measure) for part in breakdown if set(part["dimensions"]) == {one["key"]}]
        whole = total([part for part in parts if part is not None])
        if one["exhaustive"] and parts and whole != value:
            text = "The parts of a dimension that makes up the whole sum up to the value."
            yield Violation(RULES[0], "error", to_text(value), to_text(whole), {"en": text})


def _of_percentage(number: Decimal, around: Surroundings) -> Iterator[Violation]:
    if around.measure == "percentage" and not 0 <= number <= 100:
        text = "A percentage lies from 0 to 100, unless it is one of growth."
        yield Violation(RULES[1], "warning", to_text(number), "0" if number < 0 else "100", {"en": text})


def _of_change(number: Decimal, around: Surroundings) -> Iterator[Violation]:
    before = number_of(around.previous, around.measure) if around.previous else None
    with localcontext(EXACT):
        is_large = before is not None and abs(number - before) * _LARGE > abs(before)
    if before is not None and is_large:
        text = "The value differs from the previous one by more than half of it. Say why in `comment`."
        yield Violation(RULES[2], "warning", to_text(number), to_text(before), {"en": text})
