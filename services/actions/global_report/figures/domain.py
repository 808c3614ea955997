"""What a figure may ask, how it is frozen, and what its verification says. Plain Python."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from services.actions.global_report.figures.record import Query
from shared.kernel.errors import Conflict, FieldError, Invalid
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("lines", "bars", "dots", "table", "map", "number")
MOST_FIGURES = 400
"""Most figures of an edition."""
MOST_PARAMETERS = 20
PUBLISHED = frozenset({"frozen"})
"""The states in which a figure is visible by its visibility, which the publication of its edition makes public."""
Node: TypeAlias = Any
"""A part of an answer: JSON."""
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
_NOT_REPEATED = frozenset(
    ("links", "link", "next", "definition", "published_figures", "expected", "absent", "programme", "reports")
)
"""Members of answers that are addresses, are told apart, or do not repeat for a past day."""
NUMBERS = frozenset(("count", "value", "numerator", "denominator", "total", "countries", "stage"))
"""Members that hold a number, also as text."""

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("live", "frozen", "dropped"),
    (
        transition("freeze", "live", "frozen", is_scheduled=True),
        transition("thaw", "frozen", "live", is_scheduled=True),
        transition("drop", "live", "dropped", reason_required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the public API answered. `content` is canonical JSON of what repeats for a past day."""

    content: str
    sha256: str
    definition: str | None
    data: Node


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the public API answers nobody, or not for a past day."""

    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that is another one now."""

    key: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether frozen data is what the API answers for its day today."""

    differences: tuple[Difference, ...]
    definition_changed: bool

    @property
    def match(self) -> bool:
        return not self.differences


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
    return Invalid(reason, code=code, errors=[FieldError(code, reason, pointer)], members={"reason": reason})


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


def repeated(node: Node) -> Node:
    """An answer without what does not repeat for a past day."""
    if isinstance(node, dict):
        return {name: repeated(value) for name, value in node.items() if name not in _NOT_REPEATED}
    return [repeated(one) for one in node] if isinstance(node, list) else node


def definitions(answer: Mapping[str, Node]) -> str | None:
    """What an answer counts: its definition, or those of its items."""
    if (whole := answer.get("definition")) is not None:
        return str(whole)
    items = [one for one in answer.get("items", ()) if "definition" in one]
    return "\n".join(f"{one['key']}: {one['definition']}" for one in items) or None


def rows_of(data: Mapping[str, Node], y: str | None) -> list[dict[str, Node]]:
    """The rows of an answer: one for each number and day. With `y` a number of the whole answer, one for each day."""
    days = data.get("series") or [data]
    if "items" not in data or (y is not None and y in data):
        return [_flat(day) for day in days]
    return [row for day in days for item in day["items"] for row in _of_item(item, day)]


def _of_item(item: Mapping[str, Node], day: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
    points = item.get("series") or [{"as_of": day.get("as_of")}]
    for point in points:
        yield _flat({**{name: value for name, value in item.items() if name != "series"}, **point})


def _flat(item: Mapping[str, Node]) -> dict[str, Node]:
    """A row with the members of its members; texts by language stay."""
    row: dict[str, Node] = {}
    for name, value in item.items():
        if isinstance(value, dict) and not all(isinstance(one, str) for one in value.values()):
            row |= {f"{name}.{inner}": one for inner, one in value.items()}
        elif not isinstance(value, list):
            row[name] = value
    return row


def columns_of(data: Mapping[str, Node], y: str | None) -> list[str]:
    """The members of the rows, in the order of the answer."""
    return list(dict.fromkeys(name for row in rows_of(data, y) for name in row))


class NoMember(LookupError):
    """The data of a figure lacks a member of its axes, which is the argument."""


def axes_of(
    data: Mapping[str, Node], x: str | None, y: str | None, series: str | None
) -> tuple[str | None, str | None]:
    """The first axis and the number of a figure, with their defaults. Raises NoMember; data without rows has every member."""
    columns = columns_of(data, y)
    for name in (x, y, series):
        if columns and name is not None and name not in columns:
            raise NoMember(name)
    number = y or next((name for name in ("count", "value", *columns) if name in columns), None)
    dimension = next((name for name in columns if name not in (number, series, "as_of", "titles")), "as_of")
    return x or ("as_of" if "series" in data else dimension), number


def verified(then: Node, then_sha256: str, stored_sha256: str, definition: str | None, now: Answer) -> Verification:
    """What differs between frozen data and an answer of today. `then_sha256` is the digest of what is stored,
    `stored_sha256` the one noted at the freeze."""
    before, after = dict(_numbers(then, "")), dict(_numbers(now.data, ""))
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    found = [Difference(key, before.get(key), after.get(key)) for key in keys]
    if then_sha256 != stored_sha256:
        found.append(Difference("sha256", stored_sha256, then_sha256))
    elif not found and then_sha256 != now.sha256:
        found.append(Difference("sha256", stored_sha256, now.sha256))
    return Verification(tuple(found), definition != now.definition)


def _numbers(node: Node, at: str) -> Iterator[tuple[str, Node]]:
    """Each number of an answer by what it is of, such as `region=Africa count`."""
    if isinstance(node, list):
        for place, one in enumerate(node):
            yield from _numbers(one, f"{at}{_said_of(one, place)} ")
    elif isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, dict | list):
                yield from _numbers(value, at if isinstance(value, list) else f"{at}{name}.")
            elif name in NUMBERS or isinstance(value, int):
                yield f"{at}{name}", value


def _said_of(item: Node, place: int) -> str:
    if not isinstance(item, dict):
        return str(place)
    parts = {
        name: value for name, value in item.items() if name not in NUMBERS and not isinstance(value, int | dict | list)
    }
    return " ".join(f"{name}={'' if value is None else value}" for name, value in parts.items()) or str(place)


def require_reproducible(found: Mapping[str, Verification]) -> None:
    """Raises Conflict `figure_not_reproducible` with the keys of figures whose frozen data is not what the API answers:
    the guard of a publication."""
    keys = sorted(key for key, verification in found.items() if not verification.match)
    if keys:
        detail = f"Not what the API answers for the day: {', '.join(keys)}."
        raise Conflict(detail, code="figure_not_reproducible", members={"figures": keys})
