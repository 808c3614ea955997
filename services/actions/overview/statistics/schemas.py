"""What goes over HTTP for statistics."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from services.actions.overview.statistics.queries import COUNTED, OF_MEMBERSHIP
from shared.records.access_scope import AccessKind
from shared.web.contract.fields import Day, DecimalText, LocalizedTexts, ResponseModel
from shared.web.records.statistics import StatisticLinks, who_is_counted


class ActionStatistic(ResponseModel):
    """How many have these values; only those that were asked for by are there. Null: of no region."""

    country: Annotated[str | None, Field(examples=["XA"]), "The country, where it is counted by."] = None
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49, where it is counted by."] = None
    status: Annotated[str | None, Field(examples=["implementing"]), "The state, where it is counted by."] = None
    framework: Annotated[str | None, Field(examples=["3+1/2026"]), "The framework, where it is counted by."] = None
    pillar: Annotated[str | None, Field(examples=["action-1"]), "The pillar, where it is counted by."] = None
    kind: Annotated[
        str | None,
        Field(examples=["action"]),
        "The kind of action, result, subject or support, where counted by.",
    ] = None
    completion: Annotated[
        str | None, Field(examples=["limited"]), "The completion of assessments, where it is counted by."
    ] = None
    period: Annotated[str | None, Field(examples=["2026"]), "The period, where it is counted by."] = None
    light: Annotated[str | None, Field(examples=["yellow"]), "The light of reports, where it is counted by."] = None
    stage: Annotated[str | None, Field(examples=["3"]), "The stage of the country, where it is counted by."] = None
    code: Annotated[str | None, Field(examples=["15"]), "The code of the scheme, where it is counted by."] = None
    count: Annotated[int, Field(examples=[12]), "How many."]
    links: Annotated[StatisticLinks | None, "Addresses of the list of those that are counted."] = None


class ActionStatisticPoint(ResponseModel):
    """The counts at the end of a day."""

    as_of: Annotated[Day, "The day at whose end it was counted."]
    items: Annotated[list[ActionStatistic], "The counts of that day."]
    total: Annotated[int, Field(examples=[12]), "How many in all."]


class ActionStatistics(ResponseModel):
    """Counts above 0, in the order of their values."""

    items: Annotated[list[ActionStatistic], "The counts above 0, in the order of their values."]
    as_of: Annotated[Day, "The day of the counts."]
    definition: Annotated[
        str, Field(examples=["Programmes of every visibility and state."]), "What is counted for this caller."
    ]
    total: Annotated[int, Field(examples=[12]), "How many in all."]
    countries: Annotated[int, Field(examples=[3]), "Of how many countries."]
    series: Annotated[list[ActionStatisticPoint] | None, "With `from`: the counts of each month or year."] = None


class ReportingNumbers(ResponseModel):
    """How many results are due, and how many were reported."""

    expected: Annotated[int, Field(examples=[8]), "Active indicators of a period that has opened, by country."]
    reported: Annotated[int, Field(examples=[6]), "Those with a result that was submitted, or is further."]
    missing: Annotated[int, Field(examples=[2]), "Those without."]
    on_time: Annotated[int, Field(examples=[4]), "Those first submitted by the last day, or that of an extension."]
    completeness: Annotated[DecimalText | None, Field(examples=["0.75"]), "The share of reported ones; null of none."]
    timeliness: Annotated[DecimalText | None, Field(examples=["0.5"]), "The share of those in time; null of none."]


class ReportingItem(ReportingNumbers):
    """The numbers for these values; only those that were asked for by are there."""

    country: Annotated[str | None, Field(examples=["XA"]), "The country, where it is counted by."] = None
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49, where it is counted by."] = None
    framework: Annotated[str | None, Field(examples=["3+1/2026"]), "The framework, where it is counted by."] = None
    period: Annotated[str | None, Field(examples=["2026"]), "The code of the period, where it is counted by."] = None


class ReportingStatistics(ResponseModel):
    """How completely and in time countries report."""

    items: Annotated[list[ReportingItem], "The numbers, in the order of their values."]
    as_of: Annotated[Day, "The day at whose end they stood."]
    definition: Annotated[str, Field(examples=["Results that are due."]), "What is counted for this caller."]
    total: Annotated[ReportingNumbers, "The numbers in all."]


class BudgetSum(ResponseModel):
    """The budgets of some actions in one currency; only the dimensions that were asked for by are there."""

    pillar: Annotated[str | None, Field(examples=["action-1"]), "The pillar, where it is summed by."] = None
    country: Annotated[str | None, Field(examples=["XA"]), "The country, where it is summed by."] = None
    status: Annotated[str | None, Field(examples=["planned"]), "The state, where it is summed by."] = None
    kind: Annotated[str | None, Field(examples=["action"]), "The kind of action, where it is summed by."] = None
    currency: Annotated[str, Field(examples=["EUR"]), "The currency of ISO 4217."]
    amount: Annotated[str, Field(examples=["250000"]), "The exact sum, as decimal text."]
    count: Annotated[int, Field(examples=[3]), "How many budgets it sums."]


class BudgetSums(ResponseModel):
    """Sums in the order of their values. Different currencies are never added."""

    items: Annotated[list[BudgetSum], "The sums, in the order of their values."]
    as_of: Annotated[Day, "Today: budgets have no sums of the past."]
    definition: Annotated[str, Field(examples=["Budgets of actions."]), "What is summed for this caller."]


class HeadlineLinks(ResponseModel):
    """Where the number comes from."""

    query: Annotated[
        str, Field(examples=["/actions/v1/statistics?of=milestones&status=done"]), "Statistics with the same total."
    ]
    records: Annotated[
        str | None,
        Field(examples=["/actions/v1/milestones?status=done"]),
        "The list of the counted records, for a caller who sees all of them; null for another day than today.",
    ]


class HeadlinePoint(ResponseModel):
    """The number at the end of a day."""

    as_of: Annotated[Day, "The day at whose end it was counted."]
    value: Annotated[int, Field(examples=[11]), "The number."]


class Headline(ResponseModel):
    """One number of the plan."""

    key: Annotated[str, Field(examples=["milestones"]), "The name of the number, which never changes."]
    titles: Annotated[LocalizedTexts, "Its titles in six languages."]
    value: Annotated[int, Field(examples=[12]), "The number."]
    definition: Annotated[str, Field(examples=["Milestones of every visibility."]), "What is counted for this caller."]
    as_of: Annotated[Day, "The day at whose end it was counted."]
    links: Annotated[HeadlineLinks, "Where the number comes from."]
    series: Annotated[list[HeadlinePoint] | None, "With `from`: the number at the end of each month or year."] = None


class Headlines(ResponseModel):
    """The numbers of the plan, of all services."""

    items: Annotated[list[Headline], "The numbers, in the order in which to show them."]
    as_of: Annotated[Day, "The day at whose end they were counted."]


BUDGETS = (
    "Budgets of actions that the caller's grants cover, in every state unless `status` is given. A budget is planned"
    " money; it is counted in its own currency."
)
REPORTING = (
    "For each country with a launched programme of the framework: the active indicators that countries report, for each"
    " period of the framework that has opened and has their frequency. Reported are those with a result that was"
    " submitted and not returned or retracted. {of_results}."
)
BY_CODE = (
    "Of these, those that have a code of the current edition of `{scheme}`, or one below it: each once for a code, and"
    " once in `total`."
)
_COUNTRIES = "Countries of stage 1 or higher, in the stage that was recorded last, the same for every caller."
_SUPPORTS = "Accepted supports, listed or not, the same for every caller."


def definition(of: str, access_kind: AccessKind, _by: Sequence[str] = ()) -> str:
    """What is counted for this caller."""
    if of in ("countries", "supports"):
        return _COUNTRIES if of == "countries" else _SUPPORTS
    return f"{who_is_counted(of, (COUNTED.get(of) or OF_MEMBERSHIP[of]).published, access_kind)}."
