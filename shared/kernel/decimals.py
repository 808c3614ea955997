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
_EXACT = Context(prec=100)
"""Enough for sums of a million products of two such numbers."""


def parsed(text: str) -> Decimal:
    """The number, with its scale. Raises ValueError for a text of another form."""
    if not _FORM.fullmatch(text):
        raise ValueError("not a decimal number")
    return Decimal(text)


def to_text(value: Decimal) -> str:
    """The number with its scale, never with an exponent."""
    return format(value, "f")


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient, half-even to 12 places, without trailing zeros. Raises decimal.DivisionByZero."""
    rounded = _EXACT.divide(dividend, divisor).quantize(_SMALLEST, ROUND_HALF_EVEN, _EXACT)
    return shortened(rounded)


def total(values: list[Decimal]) -> Decimal:
    """The exact sum."""
    found = Decimal(0)
    for value in values:
        found = _EXACT.add(found, value)
    return found


def shortened(value: Decimal) -> Decimal:
    """The same number without trailing zeros after the point."""
    short = value.normalize(_EXACT)
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1), context=_EXACT)  # type: ignore[operator]
