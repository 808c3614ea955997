"""The names in the rows of results and targets, and the parts of a record. Plain Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods.record import Period
from services.actions.measurement.results.record import ResultPart

T = TypeVar("T")
DIMENSION = "dim_"
"""Begins the heading of a dimension; the rest is its key. A row without a dimension is about the whole."""
KEY = ("indicator", "country", "action", "centre", "period")
"""The headings that name the record of a row."""
REMARKS = ("title", "unit", "previous_value", "target")
"""The columns of a template that only inform."""


class Names(NamedTuple):
    """What a row names: codes, refs or ids, and the country's code."""

    indicator: str
    country: str | None
    action: str | None
    centre: str | None
    period: str | None


class Subject(NamedTuple):
    """The records that a row names; without a period for a baseline."""

    indicator: Indicator
    country: str
    action_id: UUID | None
    centre_id: UUID | None
    period: Period | None


class Place(NamedTuple):
    """An action or a centre, and the country that it belongs to."""

    id: UUID
    country: str


class ByName(Generic[T]):
    """Records by code or ref, and by id. Several records of different owners may share a code."""

    def __init__(self, records: Iterable[tuple[str, UUID, T]]) -> None:
        self._found: dict[str, list[T]] = {}
        for name, key, record in records:
            for each in (name, str(key)):
                self._found.setdefault(each, []).append(record)

    def get(self, name: str) -> Sequence[T]:
        """The records of this name."""
        return self._found.get(name, ())


def key_of(kind: str, subject: Subject, year: int | None = None) -> str:
    """The key of the living record of a subject: as the functions that find such records take it apart."""
    period = subject.period.id if subject.period else ""
    places = (subject.action_id or "", subject.centre_id or "")
    return ":".join(map(str, (kind, subject.indicator.id, subject.country, *places, period, year or "")))


def place_of(parts: Sequence[ResultPart], dimensions: Mapping[str, str]) -> int | None:
    """The index of the part with these dimensions."""
    return next((place for place, part in enumerate(parts) if part["dimensions"] == dimensions), None)


def with_part(parts: Sequence[ResultPart], part: ResultPart) -> list[ResultPart]:
    """The parts with this one, which replaces that of the same dimensions."""
    place = place_of(parts, part["dimensions"])
    if place is None:
        return [*parts, part]
    return [*parts[:place], part, *parts[place + 1 :]]


def due_parts(of: Indicator, parts: Sequence[ResultPart]) -> Iterator[Mapping[str, str]]:
    """The dimensions of the rows of a template: none for the whole, each code of each dimension, and the combinations
    that the record has."""
    found: list[Mapping[str, str]] = [{}]
    for dimension in of.disaggregations:
        found += [{dimension["key"]: one["code"]} for one in dimension.get("codes") or ()]
    yield from found
    yield from (part["dimensions"] for part in parts if part["dimensions"] not in found)
