"""What goes over HTTP for statistics."""

from collections.abc import Sequence

from services.membership.experts.domain import PUBLISHED as EXPERTS
from services.membership.institutions.domain import PUBLISHED as INSTITUTIONS
from services.membership.statistics.domain import TAGS
from shared.records.access_scope import AccessKind
from shared.web.fields import Answer, Day


class StatisticLinks(Answer):
    """`records` is the list of just those who are counted, as far as this caller may see both. Null where no list holds
    them: for another day than today, and for no region, field or boundary."""

    records: str | None


class Statistic(Answer):
    """How many have these values; only those that were asked for by are there. Null: of no region, field, boundary;
    a count by gender that is not told."""

    country: str | None = None
    region: str | None = None
    status: str | None = None
    category: str | None = None
    field: str | None = None
    planetary_boundary: str | None = None
    gender: str | None = None
    count: int | None
    links: StatisticLinks | None = None


class StatisticPoint(Answer):
    """The counts at the end of a day; `total` counts each expert or institution once."""

    as_of: Day
    items: list[Statistic]
    total: int


class Statistics(Answer):
    """Counts above 0, in the order of their values. `as_of` is the day that they stand for, `definition` says who is
    counted, `total` how many that are, `countries` of how many countries; both null by gender. `series` is
    there where `from` is given; its latest point is that of the answer itself."""

    items: list[Statistic]
    as_of: Day
    definition: str
    total: int | None
    countries: int | None
    series: list[StatisticPoint] | None = None


GENDER_BALANCE = (
    f"Experts of visibility public in state {' or '.join(sorted(EXPERTS))} who declared a gender themselves, the same"
    " for every caller. Numbers are rounded down to a multiple of 5; a number below 5 is null, and those who declared"
    " none are not counted. They change when at least 5 more or fewer such experts are published."
)
_STATES = {"experts": " or ".join(sorted(EXPERTS)), "institutions": " or ".join(sorted(INSTITUTIONS))}
_COUNTED = {
    AccessKind.ANONYMOUS: "{of} of visibility public in state {states}",
    AccessKind.COVERED: "{of} of visibility public in state {states}, and in countries that the caller's grants cover"
    " {lower} of every visibility and state",
    AccessKind.SCOPED: "{of} of visibility public or network in state {states}, and in countries that the caller's"
    " grants cover {lower} of every visibility and state",
    AccessKind.SANDBOX: "{of} of fictional countries, of visibility public or, for callers who hold a grant that reads"
    " {lower}, network in state {states}, and in countries"
    " that the caller's grants cover of every visibility and state",
    AccessKind.EVERYWHERE: "{of} of every visibility and state",
}
_LEFT_OUT = {"experts": "merged into another or erased", "institutions": "merged into another"}
_TAGS = {"field": "several fields", "planetary_boundary": "several planetary boundaries"}


def definition(of: str, variant: AccessKind, by: Sequence[str]) -> str:
    """Who is counted for this caller."""
    counted = _COUNTED[variant].format(of=of.capitalize(), lower=of, states=_STATES[of])
    several = "".join(
        f" An expert of {_TAGS[name]} counts in each of them, and once in the total." for name in TAGS if name in by
    )
    return f"{counted}, without those {_LEFT_OUT[of]}.{several}"
