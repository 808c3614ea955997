"""Whether numbers violate a rule: operators, tolerance, factors, and missing numbers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from services.actions.measurement.validation_rules.evaluation import Violation, violation
from services.actions.measurement.validation_rules.record import Side, ValidationRule
from shared.records.rows import new_record

INSTRUCTION = {"en": "Check the areas."}


@dataclass(frozen=True)
class Given:
    """A side: its numbers, each with its factor, and its constant."""

    numbers: tuple[str | None, ...] = ()
    factors: tuple[str, ...] = ()
    constant: str | None = None

    @property
    def side(self) -> Side:
        factors = self.factors or ("1",) * len(self.numbers)
        terms = [{"indicator": "A", "dimensions": {}, "period": "same", "factor": factor} for factor in factors]
        return {"terms": terms, "constant": self.constant}  # type: ignore[typeddict-item]

    @property
    def decimals(self) -> list[Decimal | None]:
        return [None if number is None else Decimal(number) for number in self.numbers]


def numbers(*given: str | None, **more: Any) -> Given:
    return Given(given, **more)


def found(left: Given, operator: str, right: Given, **more: Any) -> Violation | None:
    fields = {"code": "R-1", "severity": "error", "missing": "skip_if_any", "instruction": INSTRUCTION, **more}
    rule = new_record(ValidationRule, {**fields, "operator": operator, "left": left.side, "right": right.side})
    return violation(rule, left.decimals, right.decimals)


@pytest.mark.parametrize(
    ("operator", "holding"),
    [
        ("equal_to", ("2",)),
        ("not_equal_to", ("1", "3")),
        ("greater_than", ("3",)),
        ("greater_than_or_equal_to", ("2", "3")),
        ("less_than", ("1",)),
        ("less_than_or_equal_to", ("1", "2")),
    ],
)
def test_each_operator_compares_the_left_side_with_the_right_one(operator: str, holding: tuple[str, ...]) -> None:
    for number in ("1", "2", "3"):
        violated = found(numbers(number), operator, Given(constant="2"))
        assert (violated is None) == (number in holding), (number, operator)


@pytest.mark.parametrize(
    ("operator", "holding"),
    [
        ("equal_to", ("1.5", "2", "2.5")),
        ("not_equal_to", ("1.4", "2.6")),
        ("greater_than", ("2", "2.5", "2.6")),
        ("greater_than_or_equal_to", ("1.5", "2", "2.5", "2.6")),
        ("less_than", ("1.4", "1.5", "2")),
        ("less_than_or_equal_to", ("1.4", "1.5", "2", "2.5")),
    ],
)
def test_the_sides_may_differ_by_the_tolerance(operator: str, holding: tuple[str, ...]) -> None:
    for number in ("1.4", "1.5", "2", "2.5", "2.6"):
        violated = found(numbers(number), operator, Given(constant="2"), tolerance=Decimal("0.5"))
        assert (violated is None) == (number in holding), (number, operator)


def test_sums_are_exact_and_shown_with_their_scale() -> None:
    left = numbers("0.1", "0.2", constant="0.000000000001")
    assert found(left, "equal_to", Given(constant="0.300000000001")) is None
    violated = found(left, "equal_to", numbers("999999999999999999", factors=("0.000000000001",)))
    assert violated == Violation("R-1", "error", "0.300000000001", "999999.999999999999", INSTRUCTION)
    halves = numbers("3", "1.50", factors=("0.5", "-2"))
    violated = found(
        halves, "greater_than", Given(constant="0"), severity="warning", instruction={}, titles={"en": "T"}
    )
    assert violated == Violation("R-1", "warning", "-1.50", "0", {"en": "T"})


@pytest.mark.parametrize(
    ("missing", "left", "right", "sides"),
    [
        ("skip_if_any", ("1", None), ("0",), None),
        ("skip_if_any", (None,), ("0",), None),
        ("skip_if_any", ("1", "1"), (None,), None),
        ("skip_if_all", ("1", None), ("0",), ("1", "0")),
        ("skip_if_all", (None, None), ("0",), None),
        ("skip_if_all", ("1",), (None,), None),
        ("never_skip", ("1", None), ("0",), ("1", "0")),
        ("never_skip", ("1",), (None,), ("1", "0")),
        ("never_skip", (None,), ("-1",), ("0", "-1")),
    ],
)
def test_missing_numbers_skip_the_rule_or_count_as_zero(
    missing: str, left: tuple[str | None, ...], right: tuple[str | None, ...], sides: tuple[str, str] | None
) -> None:
    violated = found(numbers(*left), "less_than_or_equal_to", numbers(*right), missing=missing)
    assert (violated and (violated.left, violated.right)) == sides


@pytest.mark.parametrize(
    ("operator", "left", "right", "sides"),
    [
        ("compulsory_pair", ("1",), ("2",), None),
        ("compulsory_pair", (None,), (None,), None),
        ("compulsory_pair", ("1",), (None,), ("1", None)),
        ("compulsory_pair", (None,), ("2",), (None, "2")),
        ("exclusive_pair", ("1",), ("2",), ("1", "2")),
        ("exclusive_pair", ("1",), (None,), None),
        ("exclusive_pair", (None,), (None,), None),
    ],
)
def test_pairs_compare_which_numbers_there_are(
    operator: str, left: tuple[str | None, ...], right: tuple[str | None, ...], sides: tuple[str | None, ...] | None
) -> None:
    for missing in ("skip_if_any", "skip_if_all", "never_skip"):
        violated = found(numbers(*left), operator, numbers(*right), missing=missing)
        assert (violated and (violated.left, violated.right)) == sides


def test_a_side_of_a_pair_is_there_with_all_or_with_any_of_its_numbers() -> None:
    partly, whole = numbers("1", None), numbers("2")
    assert found(partly, "compulsory_pair", whole) is not None
    for missing in ("skip_if_all", "never_skip"):
        assert found(partly, "compulsory_pair", whole, missing=missing) is None
