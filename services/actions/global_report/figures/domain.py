"""What a figure may ask, and how it is frozen. Plain Python."""

import re
from datetime import date, timedelta

from services.actions.global_report.figures.record import Query
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("lines", "bars", "dots", "table", "map", "number")
MOST_FIGURES = 400
"""Most figures of an edition."""
MOST_PARAMETERS = 20
PUBLISHED = frozenset({"frozen"})
"""The states in which a figure is visible by its visibility, which the publication of its edition makes public."""
_STATISTICS = re.compile(r"/(membership|centres|actions)/v1/statistics")
_HEADLINES = "/actions/v1/statistics/headlines"
_VALUES, _COUNTRIES = "/actions/v1/statistics/values", "/actions/v1/countries"
_COUNT = re.compile(r"/membership/v1/initiatives/[A-Za-z0-9-]{1,64}/count")
_OVER_TIME = "from"
_OWN = {
    "as_of": "The day is today, and that of the freeze afterwards.",
    **dict.fromkeys(("format", "safe", "bom"), "A figure reads JSON."),
    **dict.fromkeys(("limit", "cursor", "sort", "fields"), "A figure reads all of it."),
}
"""Parameters that a query does not have, and why."""
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("live", "frozen", "dropped"),
    (
        transition("freeze", "live", "frozen", is_scheduled=True),
        transition("thaw", "frozen", "live", is_scheduled=True),
        transition("drop", "live", "dropped", reason_required=True),
    ),
)


def check(query: Query) -> None:
    """Raises Invalid `figure_query_not_public` for a path that not everybody may read for a past day, and for
    parameters that are not the figure's."""
    path, names = query["path"], query["parameters"].keys()
    if not _is_allowed(path):
        raise not_public("Statistics, values, headlines, counts of initiatives and countries alone.", "/query/path")
    for name in names & _OWN.keys():
        raise not_public(_OWN[name], f"/query/parameters/{name}")
    if "to" in names and _is_over_time(query):
        raise not_public("The last day is today, and that of the freeze afterwards.", "/query/parameters/to")


def not_public(reason: str, pointer: str) -> Invalid:
    """The refusal of a query, with its reason."""
    code = "figure_query_not_public"
    return Invalid(reason, code=code, errors=[FieldError(code, reason, pointer)])


def _is_allowed(path: str) -> bool:
    fixed = (_HEADLINES, _VALUES, _COUNTRIES)
    return path in fixed or any(known.fullmatch(path) for known in (_STATISTICS, _COUNT))


def _is_over_time(query: Query) -> bool:
    is_counted = query["path"] == _HEADLINES or _STATISTICS.fullmatch(query["path"])
    return bool(is_counted) and _OVER_TIME in query["parameters"]


def asked_of(query: Query, day: date | None) -> dict[str, str]:
    """The parameters of the request, for a day or for today."""
    given = dict(query["parameters"])
    if query["path"] == _COUNTRIES:
        given["limit"] = "200"
    if day is not None:
        given["to" if _is_over_time(query) else "as_of"] = day.isoformat()
    return given


def freezing_day(wanted: date | None, day: date) -> date:
    """The day of the data of a freeze on `day`: one that has ended, by default the last one."""
    found = wanted or day - timedelta(days=1)
    if found >= day:
        raise Invalid(errors=[FieldError("out_of_range", "A day that has ended.", "/fields/as_of")])
    return found
