"""Exact decimal numbers, which are text outside the system.

parsed("12.50") == Decimal("12.50")
to_text(quotient(Decimal(1), Decimal(3))) == "0.333333333333"
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

PATTERN = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"
"""At most 18 digits before the point and 12 after it."""
_FORM = re.compile(PATTERN.strip("^$"))
_SMALLEST = Decimal("0.000000000001")
EXACT = Context(prec=100)
"""Enough for sums of a million products of two such numbers."""


def parsed(text: str) -> Decimal:
    """The number, with its scale. Raises ValueError for a text of another form."""
    if not _FORM.fullmatch(text):
        raise ValueError("not a decimal number")
    return Decimal(text)


def to_text(value: Decimal) -> str:
    """The number with its scale, never with an exponent."""
    return format(value, "f")


def quotient(dividend: Decimal, divisor: Decimal, times: int = 1) -> Decimal:
    """The quotient, such as 100 times for a percentage, half-even to 12 places, without trailing zeros. Raises
    decimal.DivisionByZero."""
    exact = EXACT.divide(EXACT.multiply(dividend, Decimal(times)), divisor)
    rounded = exact.quantize(_SMALLEST, ROUND_HALF_EVEN, EXACT)
    short = rounded.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if short == short.to_integral_value() else short


def total(values: list[Decimal]) -> Decimal:
    """The exact sum."""
    found = Decimal(0)
    for value in values:
        found = EXACT.add(found, value)
    return found
