"""What tables hold of people: a catalogue of every column, so that an export of everything about somebody is whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.records.record import Derived, Record, fields_of, fields_with


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows about people. `told` are the columns that an export of a person tells; `left_out` gives, by the
    reason, the columns that it does not."""

    name: str
    told: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.told + sum(self.left_out.values(), ())


def personal(name: str, told: str, left_out: Mapping[str, str] | None = None) -> PersonalTable:
    """The entry of a table; columns are separated by spaces."""
    reasons = {reason: tuple(columns.split()) for reason, columns in (left_out or {}).items()}
    return PersonalTable(name, tuple(told.split()), reasons)


def personal_record(name: str, record: type[Record]) -> PersonalTable:
    """The entry of a table of records about people: all fields but those that are made of others."""
    derived = fields_with(record, Derived)
    return PersonalTable(name, tuple(each for each in fields_of(record) if each not in derived), {FOUND_BY: derived})


FOUND_BY = "made of what is told, for finding and sorting"
NAMED_IN_TEXT = "names people in text, whom no record tells apart"
"""Reasons that several services have."""
RECORD = "id ref version status country visibility created_at created_by updated_at updated_by"
"""The columns that every table of records has."""
