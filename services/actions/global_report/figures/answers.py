"""Answers of the public API: what of them is kept, their rows, and what differs between two."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias

import orjson

from services.actions.global_report.figures.record import Figure, Query

Node: TypeAlias = Any
"""A part of an answer: JSON."""
_NOT_REPEATED = frozenset(
    ("links", "link", "next", "definition", "published_figures", "expected", "absent", "programme", "reports")
)
"""Members of answers that are addresses, are told apart, or do not repeat for a past day."""
_BY = "country,status"
"""What statistics count by unless a query says it."""
TEXTS = ("names", "titles")
"""Members that hold texts by language."""
NUMBERS = frozenset(("count", "value", "numerator", "denominator", "total", "countries", "stage"))
"""Members that hold a number, also as text."""


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


ASKED = "figures asked"
"""Where operations find what was asked before their transaction, in `uow.scratch`."""
Asked: TypeAlias = Mapping[str, Answer | Refusal]
"""Answers by `name_of`."""


def name_of(query: Query, day: date | None) -> str:
    """A query for a day, as one text."""
    return canonical({**query, "day": None if day is None else day.isoformat()})


def canonical(data: Any) -> str:
    """Canonical JSON: members in their order of names, without spaces."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(content: str) -> str:
    """The SHA-256 of canonical JSON."""
    return sha256(content.encode()).hexdigest()


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


class Unfit(LookupError):
    """The data of a figure does not fit it. `member` is the field of the figure that is at fault."""

    def __init__(self, member: str, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.member, self.code, self.sentence = member, code, sentence


@dataclass(frozen=True, slots=True)
class Axes:
    """What is drawn: the member along the first axis, the one with the number, that of the series, and the rows."""

    x: str
    y: str | None
    series: str | None
    rows: list[dict[str, Node]]


def axes_of(of: Figure, data: Mapping[str, Node]) -> Axes:
    """The axes of a figure with their defaults: days, or what is counted by; and its number, or the total. Raises Unfit
    for a member that the data lacks, and for several numbers in one place. Data without rows fits."""
    wanted = of.y or ("total" if of.kind == "number" and "total" in data else None)
    rows = rows_of(data, wanted)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    for member, name in (("x", of.x), ("y", of.y), ("series", of.series)):
        if columns and name is not None and name not in columns:
            raise Unfit(member, "unknown_reference", f"The data has no {name}.")
    whole = [name for row in rows[:1] for name, value in row.items() if type(value) is int]
    number = wanted or next((name for name in ("count", "value", "stage", *whole) if name in columns), None)
    by = [name for name in of.query["parameters"].get("by", _BY).split(",") if name in columns]
    others = (number, of.series, "as_of", *TEXTS)
    found = next((name for name in (*by, "key", "code", *columns) if name in columns and name not in others), "as_of")
    x = of.x or ("as_of" if "series" in data else found)
    further = [name for name in by if name != x]
    axes = Axes(x, number, of.series or (further[0] if len(further) == 1 else None), rows)
    places = {canonical([row.get(axes.x), row.get(axes.series or "")]) for row in rows}
    if len(places) < len(rows):
        raise Unfit("series", "invalid_value", f"There are several numbers for one {axes.x}: name a series.")
    if of.kind == "number" and len(rows) > 1:
        raise Unfit("kind", "invalid_value", "There are several numbers: ask for one.")
    return axes


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
    return " ".join(f"{name}={'' if (value := parts[name]) is None else value}" for name in sorted(parts)) or str(place)
