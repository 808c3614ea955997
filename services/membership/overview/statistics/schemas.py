"""What goes over HTTP for statistics."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from services.membership.overview.statistics.domain import SUPPORTS, TAGS
from services.membership.overview.statistics.queries import COUNTED
from services.membership.register.experts.domain import PUBLISHED as EXPERTS
from shared.records.access_scope import AccessKind
from shared.web.contract.fields import Day, ResponseModel
from shared.web.records.statistics import StatisticLinks, who_is_counted


class Statistic(ResponseModel):
    """How many have these values; only those that were asked for by are there. Null: of no region, field, boundary;
    a count by gender that is not shown."""

    country: Annotated[str | None, Field(examples=["XA"]), "The country, where it is counted by."] = None
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49, where it is counted by."] = None
    status: Annotated[str | None, Field(examples=["active"]), "The state, where it is counted by."] = None
    category: Annotated[str | None, Field(examples=["expert"]), "The category, where it is counted by."] = None
    capacity: Annotated[str | None, Field(examples=["personal"]), "The capacity, where it is counted by."] = None
    field: Annotated[str | None, Field(examples=["1.5"]), "The field of science, where it is counted by."] = None
    planetary_boundary: Annotated[
        str | None, Field(examples=["land-system-change"]), "The planetary boundary, where it is counted by."
    ] = None
    gender: Annotated[str | None, Field(examples=[None]), "The declared gender, where it is counted by."] = None
    count: Annotated[
        int | None, Field(examples=[120]), "How many; null for a count by gender that is too small to be published."
    ]
    links: Annotated[StatisticLinks | None, "Addresses of the list of those who are counted."] = None


class StatisticPoint(ResponseModel):
    """The counts at the end of a day; `total` counts each expert or institution once."""

    as_of: Annotated[Day, "The day at whose end it was counted."]
    items: Annotated[list[Statistic], "The counts of that day."]
    total: Annotated[int, Field(examples=[120]), "How many in all, each counted once."]


class Statistics(ResponseModel):
    """Counts above 0, in the order of their values. `as_of` is the day of the counts, `definition` states who is
    counted, `total` is their number, `countries` the number of their countries; both are null by gender. `series` is
    present if `from` is given; its latest point is that of the response itself."""

    items: Annotated[list[Statistic], "The counts above 0, in the order of their values."]
    as_of: Annotated[Day, "The day of the counts."]
    definition: Annotated[
        str, Field(examples=["Experts of every visibility and state"]), "Who is counted for this caller."
    ]
    total: Annotated[int | None, Field(examples=[120]), "How many in all, each counted once; null by gender."]
    countries: Annotated[int | None, Field(examples=[1]), "Of how many countries; null by gender."]
    series: Annotated[list[StatisticPoint] | None, "With `from`: the counts of each month or year."] = None


GENDER_BALANCE = (
    f"Experts of visibility public in state {' or '.join(sorted(EXPERTS))} who declared a gender themselves, the same"
    " for every caller. Numbers are rounded down to a multiple of 5; a number below 5 is null, and those who declared"
    " none are not counted. They change when at least 5 more or fewer such experts are published."
)
SUPPORTED = (
    "Accepted supports, listed or not, the same for every caller. Each is of one person or institution, and of the"
    " supporter's country."
)
_LEFT_OUT = {
    "experts": "without those merged into another and with those who were erased",
    "institutions": "without those merged into another",
}
_TAGS = {"field": "several fields", "planetary_boundary": "several planetary boundaries"}


def definition(of: str, access_kind: AccessKind, by: Sequence[str]) -> str:
    """Who is counted for this caller."""
    if of == SUPPORTS:
        return SUPPORTED
    counted = who_is_counted(of, COUNTED[of].published, access_kind)
    several = "".join(
        f" An expert of {_TAGS[name]} counts in each of them, and once in the total." for name in TAGS if name in by
    )
    return f"{counted}, {_LEFT_OUT[of]}.{several}"
