"""Decimal numbers are exact, and text outside the system."""

from decimal import Decimal, DivisionByZero

import pytest

from shared.kernel.decimals import parsed, quotient, to_text, total


@pytest.mark.parametrize("text", ["0", "-1", "0.10", "12.50", "123456789012345678.123456789012", "0.000000000001"])
def test_a_number_keeps_its_digits(text: str) -> None:
    assert to_text(parsed(text)) == text


@pytest.mark.parametrize("text", ["", "N/A", "NaN", "1e5", "+1", "01", ".5", "5.", "1" * 19, "0." + "1" * 13, "1\n"])
def test_another_text_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        parsed(text)


def test_a_sum_is_exact() -> None:
    assert to_text(total([Decimal("0.1"), Decimal("0.2")])) == "0.3"
    huge = [Decimal("999999999999999999.999999999999")] * 1000
    assert to_text(total(huge)) == "999999999999999999999.999999999000"


@pytest.mark.parametrize(
    ("dividend", "divisor", "text"),
    [("1", "3", "0.333333333333"), ("2", "3", "0.666666666667"), ("10", "1", "10"), ("0", "7", "0"),
     ("1", "2000000000000", "0"), ("3", "2000000000000", "0.000000000002"), ("5100", "400", "12.75"),
     ("1", "-3", "-0.333333333333")],
)  # fmt: skip
def test_a_quotient_is_rounded_half_even_to_twelve_places(dividend: str, divisor: str, text: str) -> None:
    assert to_text(quotient(Decimal(dividend), Decimal(divisor))) == text


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(DivisionByZero):
        quotient(Decimal(1), Decimal(0))
