"""The rules that every result is validated by. Plain Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, TypeAlias

from services.actions.indicators.record import Dimension
from services.actions.results.record import Result
from services.actions.results.values import Amount, amount_in, lacks_parts, number_of
from shared.kernel.decimals import EXACT, to_text, total

Severity: TypeAlias = Literal["error", "warning"]
RULES = ("breakdown_total", "percentage_range", "large_change")
_LARGE = 2
"""The inverse of the share of the previous value above which a change is large."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a result is compared with: measure, rule across countries and dimensions of its indicator, and the previous
    published value of its subject."""

    measure: str
    across: str
    dimensions: Sequence[Dimension]
    previous: Amount | None

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
    number = number_of(Amount(record.value, record.numerator, record.denominator), around.measure)
    if number is None:
        return []
    return [
        *_of_parts(record, around),
        *_of_percentage(number, around),
        *_of_change(number, around),
    ]


def _of_parts(record: Result, around: Surroundings) -> Iterator[Violation]:
    if record.value is None or around.across != "sum":
        return
    for one in around.dimensions:
        parts = [part for part in record.breakdown if part["dimensions"].keys() == {one["key"]}]
        numbers = [number_of(amount_in(part), around.measure) for part in parts]
        whole = total([number for number in numbers if number is not None])
        if one["exhaustive"] and parts and whole != record.value:
            text = "The parts of a dimension that makes up the whole sum up to the value."
            yield Violation(RULES[0], "error", to_text(record.value), to_text(whole), {"en": text})


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
