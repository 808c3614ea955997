"""The rules that validate a result: those of every result, and those that apply to its indicator. Plain Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import NamedTuple

from services.actions.measurement.indicators.record import Dimension
from services.actions.measurement.results.instructions import INSTRUCTIONS
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.values import Amount, amount_in, lacks_parts, number_of
from services.actions.measurement.validation_rules.domain import BUILT_IN
from services.actions.measurement.validation_rules.evaluation import ActiveRule, Numbers, Severity, Violation
from shared.kernel.decimals import EXACT, to_text, total

_LARGE = 2
"""The inverse of the share of the previous value above which a change is large."""


class Applied(NamedTuple):
    """A rule that applies to a result, with the numbers of its terms."""

    rule: ActiveRule
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a result is compared with: measure, rule across countries and dimensions of its indicator, the previous
    published value of its subject, and the rules that apply to it."""

    measure: str
    across: str
    dimensions: Sequence[Dimension]
    previous: Amount | None
    applied: Sequence[Applied]

    def lacks_parts(self, record: Result) -> bool:
        """Whether a required dimension is in no part of the result."""
        return lacks_parts(record, self.dimensions)


def violations(record: Result, around: Surroundings) -> list[Violation]:
    """The rules that the result violates, those of every result first."""
    found = (one.rule.violation(one.numbers) for one in around.applied)
    return [*_of_every_result(record, around), *(one for one in found if one is not None)]


def state_of(found: Sequence[Violation]) -> str:
    """`error`, `warning` or `clean`: the worst of a result's violations."""
    return min((one.severity for one in found), default="clean")


def _of_every_result(record: Result, around: Surroundings) -> Iterator[Violation]:
    number = number_of(Amount(record.value, record.numerator, record.denominator), around.measure)
    if number is not None:
        yield from _of_parts(record, around)
        yield from _of_percentage(number, around)
        yield from _of_change(number, around)


def _of_parts(record: Result, around: Surroundings) -> Iterator[Violation]:
    if record.value is None or around.across != "sum":
        return
    for one in around.dimensions:
        parts = [part for part in record.breakdown if part["dimensions"].keys() == {one["key"]}]
        numbers = [number_of(amount_in(part), around.measure) for part in parts]
        whole = total([number for number in numbers if number is not None])
        if one["exhaustive"] and parts and whole != record.value:
            yield _violation(BUILT_IN[0], "error", record.value, to_text(whole))


def _of_percentage(number: Decimal, around: Surroundings) -> Iterator[Violation]:
    if around.measure == "percentage" and not 0 <= number <= 100:
        yield _violation(BUILT_IN[1], "warning", number, "0" if number < 0 else "100")


def _of_change(number: Decimal, around: Surroundings) -> Iterator[Violation]:
    before = number_of(around.previous, around.measure) if around.previous else None
    with localcontext(EXACT):
        is_large = before is not None and abs(number - before) * _LARGE > abs(before)
    if before is not None and is_large:
        yield _violation(BUILT_IN[2], "warning", number, to_text(before))


def _violation(rule: str, severity: Severity, number: Decimal, right: str) -> Violation:
    return Violation(rule, severity, to_text(number), right, INSTRUCTIONS[rule])
