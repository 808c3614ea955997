"""Which values a result of an indicator has, and their number. Plain Python."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.actions.measurement.indicators.domain import CODED, NUMBERS
from services.actions.measurement.indicators.record import Dimension, Indicator
from services.actions.measurement.results.record import Result, ResultPart
from services.actions.measurement.subjects.domain import is_on_scale, part_faults
from shared.kernel.decimals import quotient
from shared.kernel.errors import FieldError, pointer_to

KINDS = ("actual", "baseline")
METHODS = ("measured", "estimated", "modelled", "survey", "administrative")
REASONS_MISSING = ("not_collected", "not_applicable", "not_available", "confidential")
_ONE_OF = ("value", "numerator", "code", "text", "missing")
PERCENT = 100


class Amount(NamedTuple):
    """A number, or a fraction, as it was reported; nothing for other values."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


def amount_in(part: ResultPart) -> Amount:
    """The amount of a part."""
    texts = part.get("value"), part.get("numerator"), part.get("denominator")
    return Amount(*(None if text is None else Decimal(text) for text in texts))


def faults(record: Result, of: Indicator) -> Iterator[FieldError]:
    """What is not a value of the indicator, or not one value. A draft may have none yet."""
    if (record.kind == "actual") != (record.period_id is not None):
        yield FieldError("period_or_year", "A period for what is actual, and for nothing else.", pointer="/period_id")
    if (record.kind == "baseline") != (record.year is not None):
        yield FieldError("period_or_year", "A year for a baseline, and for nothing else.", pointer="/year")
    given = [name for name in _ONE_OF if getattr(record, name) is not None]
    for name in given[1:]:
        yield FieldError("value_mismatch", "Exactly one value.", pointer=f"/{name}")
    for name in given[:1]:
        if name not in (*_measured_as(of.measure), "missing"):
            yield FieldError("value_mismatch", "Not a value of the indicator's measure.", pointer=f"/{name}")
        elif name == "code" and not is_on_scale(str(record.code), of):
            yield FieldError("value_mismatch", "Not a code of the scale.", pointer="/code")
    yield from _fraction_faults(record.numerator, record.denominator, "")
    yield from part_faults([part["dimensions"] for part in record.breakdown], of)
    for place, part in enumerate(record.breakdown):
        pointer, amount = pointer_to("breakdown", place), amount_in(part)
        if (amount.value is None) == (amount.numerator is None):
            yield FieldError("value_mismatch", "Exactly one value.", pointer=f"{pointer}/value")
        yield from _fraction_faults(amount.numerator, amount.denominator, pointer)


def has_value(record: Result) -> bool:
    """Whether the result has a value, or says why it has none."""
    return any(getattr(record, name) is not None for name in _ONE_OF)


def lacks_parts(record: Result, dimensions: Sequence[Dimension]) -> bool:
    """Whether a required dimension is in no part of a result with a number."""
    if record.value is None and record.numerator is None:
        return False
    named = {key for part in record.breakdown for key in part["dimensions"]}
    return any(one["required"] and one["key"] not in named for one in dimensions)


def number_of(amount: Amount, measure: str) -> Decimal | None:
    """The number of an amount; a percentage is 100 times its fraction. None without one."""
    if amount.value is not None:
        return amount.value
    if amount.numerator is None or not amount.denominator:
        return None
    return quotient(amount.numerator, amount.denominator, PERCENT if measure == "percentage" else 1)


def _measured_as(measure: str) -> tuple[str, ...]:
    if measure in NUMBERS:
        return ("value", "numerator")
    return ("code",) if measure in CODED else ("text",)


def _fraction_faults(numerator: Decimal | None, denominator: Decimal | None, at: str) -> Iterator[FieldError]:
    if (numerator is None) != (denominator is None):
        missing = "numerator" if numerator is None else "denominator"
        yield FieldError("required", "A fraction has both.", pointer=f"{at}/{missing}")
    elif denominator == 0:
        yield FieldError("out_of_range", "Nothing is divided by zero.", pointer=f"{at}/denominator")
