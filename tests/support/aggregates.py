"""What published results amount to, computed anew from their rows: slowly, and by nothing that the service uses."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

_WIDE = Context(prec=400)


@dataclass(frozen=True)
class Reported:
    """A published result, or a part of one."""

    country: str
    subject: object
    ends: date
    period: str
    part: str | None
    number: Decimal | None
    fraction: tuple[Decimal, Decimal] | None
    code: str | None
    missing: str | None


@dataclass(frozen=True)
class Rules:
    """The rules of an indicator."""

    measure: str
    across: str
    over_time: str

    @property
    def times(self) -> int:
        """100 for a percentage."""
        return 100 if self.measure == "percentage" else 1


Figure = tuple[Decimal, tuple[Decimal, Decimal] | None]


def divided(dividend: Decimal, divisor: Decimal, times: int = 1) -> Decimal:
    """The quotient, half-even to 12 places."""
    units = round(Fraction(dividend) * times / Fraction(divisor) * 10**12)
    return (Decimal(units).scaleb(-12, _WIDE) if units else Decimal(0)).normalize(_WIDE)


def summed(numbers: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for number in numbers:
        total = _WIDE.add(total, number)
    return total


def reported(row: Mapping[str, Any], rules: Rules, part: str | None) -> list[Reported]:
    """The values of a row of results with its period: the result itself, or its parts by one dimension."""
    subject = (row["country"], row["action_id"], row["centre_id"])
    about = (row["country"], subject, row["ends"], row["period"])
    if part is None:
        number, fraction = _amount(row["value"], row["numerator"], row["denominator"], rules)
        return [Reported(*about, None, number, fraction, row["code"], row["missing"])]
    found = []
    for cell in row["breakdown"]:
        if set(cell["dimensions"]) == {part}:
            texts = [cell.get(name) for name in ("value", "numerator", "denominator")]
            value, above, below = [None if text is None else Decimal(text) for text in texts]
            number, fraction = _amount(value, above, below, rules)
            found.append(Reported(*about, cell["dimensions"][part], number, fraction, None, None))
    return found


def _amount(
    value: Decimal | None, above: Decimal | None, below: Decimal | None, rules: Rules
) -> tuple[Decimal | None, tuple[Decimal, Decimal] | None]:
    if above is None or below is None:
        return value, None
    return divided(above, below, rules.times), (above, below)


def counts_on(row: Mapping[str, Any], until: datetime | None) -> bool:
    """Whether a result counts at an instant, or now."""
    if row["published_at"] is None or until is None:
        return row["published_at"] is not None and row["ended_at"] is None
    return row["published_at"] < until and (row["ended_at"] is None or row["ended_at"] >= until)


def values_of(
    rows: Iterable[Reported], rules: Rules, key_of: Callable[[Reported], tuple[str | None, ...]]
) -> dict[tuple[str | None, ...], dict[str, Any]]:
    """The value of each key."""
    cells: dict[tuple[str | None, ...], list[Reported]] = {}
    for row in rows:
        cells.setdefault(key_of(row), []).append(row)
    return {key: _value(cell, rules) for key, cell in cells.items()}


def _value(rows: Sequence[Reported], rules: Rules) -> dict[str, Any]:
    coded = rules.measure in ("nominal", "ordinal")
    figure = None if coded else _over_time(rows, rules)
    fraction = figure[1] if figure else None
    latest: dict[object, str] = {}
    for row in sorted(rows, key=lambda row: (row.ends, row.period)):
        if row.code is not None:
            latest[row.subject] = row.code
    return {
        "value": figure[0] if figure else None,
        "numerator": fraction[0] if fraction else None,
        "denominator": fraction[1] if fraction else None,
        "counts": dict(Counter(latest.values())) if coded else None,
        "countries": len({row.country for row in rows if row.missing is None}),
        "absent": dict(Counter(row.missing for row in rows if row.missing is not None)),
    }


def _over_time(rows: Sequence[Reported], rules: Rules) -> Figure | None:
    found = []
    for _, period in sorted({(row.ends, row.period) for row in rows}):
        within = [row for row in rows if row.period == period]
        countries = [
            _joined(
                [(row.number, row.fraction) for row in within if row.country == country and row.number is not None],
                rules.across,
                rules,
            )
            for country in sorted({row.country for row in within})
        ]
        found.append(_joined([one for one in countries if one], rules.across, rules))
    return _joined([one for one in found if one], rules.over_time, rules)


def _joined(figures: Sequence[Figure], rule: str, rules: Rules) -> Figure | None:
    if rule == "weighted_mean":
        above = summed(fraction[0] for _, fraction in figures if fraction)
        below = summed(fraction[1] for _, fraction in figures if fraction)
        return (divided(above, below, rules.times), (above, below)) if below else None
    if len(figures) < 2:
        return figures[0] if figures else None
    if rule == "latest":
        return figures[-1]
    joined = {"sum": summed, "mean": _mean, "min": min, "max": max}.get(rule)
    return (joined([number for number, _ in figures]), None) if joined else None


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return divided(summed(numbers), Decimal(len(numbers)))
