"""Whether numbers violate a rule. Plain Python, exact decimals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from services.actions.measurement.validation_rules.domain import PAIRS, PREVIOUS
from services.actions.measurement.validation_rules.record import Side, ValidationRule
from shared.kernel.decimals import EXACT, to_text, total

Severity: TypeAlias = Literal["error", "warning"]
Numbers: TypeAlias = Sequence[Decimal | None]
"""The numbers of the terms of one side, in their order; None for a term without one."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a result violates: the two sides that were compared, as texts, and what to do. A side without a
    number is None."""

    rule: str
    severity: Severity
    left: str | None
    right: str | None
    instruction: Mapping[str, str]


class TermNumber(NamedTuple):
    """Which number of a subject a term takes: of an indicator and a part, in the same or in an earlier period."""

    indicator_id: UUID
    dimensions: frozenset[tuple[str, str]]
    is_previous: bool


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule with the numbers of its terms, those of `left` first, and the indicators of its terms in the same and in
    earlier periods. It applies to results of the former."""

    rule: ValidationRule
    numbers: tuple[TermNumber, ...]
    same: frozenset[UUID]
    earlier: frozenset[UUID]

    @classmethod
    def of(cls, rule: ValidationRule) -> "ActiveRule":
        terms = zip(rule.indicator_ids, (*rule.left["terms"], *rule.right["terms"]), strict=True)
        numbers = tuple(
            TermNumber(key, frozenset(term["dimensions"].items()), term["period"] == PREVIOUS) for key, term in terms
        )
        same, earlier = (
            frozenset(one.indicator_id for one in numbers if one.is_previous == is_previous)
            for is_previous in (False, True)
        )
        return cls(rule, numbers, same, earlier)

    def violation(self, numbers: Numbers) -> Violation | None:
        """The violation by the numbers of all terms, if they violate the rule."""
        on_left = len(self.rule.left["terms"])
        return violation(self.rule, numbers[:on_left], numbers[on_left:])


def violation(rule: ValidationRule, left: Numbers, right: Numbers) -> Violation | None:
    """The violation of a rule by the numbers of its terms, if they violate it."""
    sums = side_sum(rule, rule.left, left), side_sum(rule, rule.right, right)
    if rule.operator in PAIRS:
        is_violated = (sums[0] is None) != (sums[1] is None) if rule.operator == PAIRS[0] else None not in sums
    else:
        is_violated = sums[0] is not None and sums[1] is not None and not _holds(rule, sums[0], sums[1])
    if not is_violated:
        return None
    severity: Severity = "error" if rule.severity == "error" else "warning"
    texts = [None if one is None else to_text(one) for one in sums]
    return Violation(rule.code, severity, texts[0], texts[1], rule.instruction or rule.titles)


def side_sum(rule: ValidationRule, side: Side, numbers: Numbers) -> Decimal | None:
    """The sum of a side; None if the rule does not apply without its missing numbers.

    A missing number counts as 0 where the rule applies nevertheless. A side of a pair without any number is None.
    """
    present = [number for number in numbers if number is not None]
    if rule.missing == "skip_if_any" and len(present) < len(numbers):
        return None
    if not present and side["terms"] and (rule.missing == "skip_if_all" or rule.operator in PAIRS):
        return None
    products = [
        EXACT.multiply(Decimal(term["factor"]), number)
        for term, number in zip(side["terms"], numbers, strict=True)
        if number is not None
    ]
    constant = [] if side["constant"] is None else [Decimal(side["constant"])]
    return total([*products, *constant])


def _holds(rule: ValidationRule, left: Decimal, right: Decimal) -> bool:
    difference, tolerance = EXACT.subtract(left, right), rule.tolerance or Decimal(0)
    return _COMPARISONS[rule.operator](difference, tolerance)


_COMPARISONS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "equal_to": lambda difference, tolerance: abs(difference) <= tolerance,
    "not_equal_to": lambda difference, tolerance: abs(difference) > tolerance,
    "greater_than": lambda difference, tolerance: difference > -tolerance,
    "greater_than_or_equal_to": lambda difference, tolerance: difference >= -tolerance,
    "less_than": lambda difference, tolerance: difference < tolerance,
    "less_than_or_equal_to": lambda difference, tolerance: difference <= tolerance,
}
"""By operator, whether the difference of the left and the right side is as it says, up to a tolerance."""
