"""A catalogue of every column with data about people, so that a person's export is complete."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.records.record import Derived, Record, fields_of, fields_with


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows about people. `exported` are the columns in a person's export; `left_out` gives the other
    columns by reason."""

    name: str
    exported: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.exported + sum(self.left_out.values(), ())


def personal(name: str, exported: str, left_out: Mapping[str, str] | None = None) -> PersonalTable:
    """The entry of a table; columns are separated by spaces."""
    reasons = {reason: tuple(columns.split()) for reason, columns in (left_out or {}).items()}
    return PersonalTable(name, tuple(exported.split()), reasons)


def personal_record(name: str, record: type[Record]) -> PersonalTable:
    """The entry of a table of records about people: all fields except derived ones."""
    derived = fields_with(record, Derived)
    return PersonalTable(name, tuple(each for each in fields_of(record) if each not in derived), {FOUND_BY: derived})


FOUND_BY = "made of what is exported, for finding and sorting"
NAMED_IN_TEXT = "names people in text, whom no record identifies"
"""Reasons that several services use."""
RECORD = "id ref version status country visibility created_at created_by updated_at updated_by"
"""The columns that every table of records has."""
