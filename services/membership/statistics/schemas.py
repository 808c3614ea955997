"""What goes over HTTP for statistics."""

from collections.abc import Sequence

from services.membership.experts.domain import PUBLISHED
from shared.records.sight import Variant
from shared.web.fields import Answer, Day


class Statistic(Answer):
    """How many experts have these values; only those that were asked for by are there. Null: of no region, no field."""

    country: str | None = None
    region: str | None = None
    status: str | None = None
    category: str | None = None
    field: str | None = None
    count: int


class Statistics(Answer):
    """Counts above 0, in the order of their values. `as_of` is the day that they stand for, `definition` says who is
    counted, `total` how many experts that are."""

    items: list[Statistic]
    as_of: Day
    definition: str
    total: int


_STATES = " or ".join(sorted(PUBLISHED))
_COUNTED = {
    Variant.ANONYMOUS: f"Experts of visibility public in state {_STATES}",
    Variant.SCOPED: f"Experts of visibility public or network in state {_STATES}, and in countries that the caller's"
    " grants cover experts of every visibility and state",
    Variant.SANDBOX: f"Experts of fictional countries, of visibility public or network in state {_STATES}, and in"
    " countries that the caller's grants cover of every visibility and state",
    Variant.EVERYWHERE: "Experts of every visibility and state",
}


def definition(variant: Variant, by: Sequence[str]) -> str:
    """Who is counted for this caller."""
    several = " An expert of several fields counts in each of them, and once in the total." if "field" in by else ""
    return f"{_COUNTED[variant]}, without those merged into another or erased.{several}"
