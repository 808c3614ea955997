"""The progress and the lateness of the parts of a programme."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from shared.kernel.decimals import quotient, to_text

LARGEST = 5_000
"""Most items of a response."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of an action's milestones: of those that are done, and of all that are not dropped."""

    action_id: UUID
    programme_id: UUID
    is_cancelled: bool
    done: Decimal
    whole: Decimal


def progress(weights: Iterable[Weights]) -> dict[UUID, str]:
    """The progress of each action, and of each programme over its actions that are not cancelled, by id. None for those
    without milestones."""
    sums: dict[UUID, tuple[Fraction, Fraction]] = {}
    for one in weights:
        for key in (one.action_id,) if one.is_cancelled else (one.action_id, one.programme_id):
            done, whole = sums.get(key, (Fraction(), Fraction()))
            sums[key] = done + Fraction(one.done), whole + Fraction(one.whole)
    return {key: decimal_text(done / whole) for key, (done, whole) in sums.items() if whole}


def decimal_text(share: Fraction) -> str:
    """The share as decimal text, rounded half to even after 12 places, without zeros at its end."""
    return to_text(quotient(Decimal(share.numerator), Decimal(share.denominator)))


def is_overdue(planned_end: date | None, actual_end: date | None, today: date, *, is_over: bool) -> bool:
    """Whether the planned end has passed without an actual end. What is over is not overdue."""
    return planned_end is not None and planned_end < today and actual_end is None and not is_over
