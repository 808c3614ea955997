"""A catalogue of every column with data about people, so that a person's export and erasure are complete."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from shared.records.record import Derived, Record, fields_of, fields_with


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows about people. `exported` are the columns in a person's export; `left_out` gives the other
    columns by reason. `retained` are the columns whose values stay after an erasure; without any, the rows are
    deleted."""

    name: str
    exported: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    retained: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.exported + sum(self.left_out.values(), ())


class ToReview(TypedDict):
    """A text or document of a record that may name the person, for somebody to look at: the record's address and its
    field."""

    link: str
    field: str


def personal(name: str, exported: str, left_out: Mapping[str, str] | None = None, retained: str = "") -> PersonalTable:
    """The entry of a table; columns are separated by spaces. `retained` may be `*`, for all columns."""
    reasons = {reason: tuple(columns.split()) for reason, columns in (left_out or {}).items()}
    entry = PersonalTable(name, tuple(exported.split()), reasons)
    return replace(entry, retained=entry.columns if retained == "*" else tuple(retained.split()))


def personal_record(name: str, record: type[Record], retained: str) -> PersonalTable:
    """The entry of a table of records about people: all fields except derived ones."""
    derived = fields_with(record, Derived)
    exported = tuple(each for each in fields_of(record) if each not in derived)
    return PersonalTable(name, exported, {FOUND_BY: derived}, tuple(retained.split()))


FOUND_BY = "made of what is exported, for finding and sorting"
NAMED_IN_TEXT = "names people in text, whom no record identifies"
"""Reasons that several services use."""
RECORD = "id ref version status country visibility created_at created_by updated_at updated_by"
"""The columns that every table of records has."""
