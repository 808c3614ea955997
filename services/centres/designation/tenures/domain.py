"""What a change of a centre changes, from which day. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from services.centres.designation.centres.domain import names_search_key
from services.centres.designation.centres.record import Centre
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.records.record import Document

FURTHEST = timedelta(days=90)
"""How far ahead a change may take effect."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something of a centre that changes: its columns, the fact of a change, and those that cannot be empty."""

    columns: tuple[str, ...]
    fact: str
    required: bool = False


SUBJECTS: Mapping[str, Subject] = {
    "names": Subject(("names",), "renamed", required=True),
    "unit": Subject(("unit",), "updated"),
    "director": Subject(("director_id",), "director_changed"),
    "host": Subject(("host_institution_id",), "host_changed", required=True),
    "address": Subject(("address", "position"), "moved"),
}
COLUMNS = tuple(column for subject in SUBJECTS.values() for column in subject.columns)
_IDS = ("director_id", "host_institution_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one thing: the new values of its columns, and from which day they count."""

    of: str
    values: Mapping[str, object]
    effective: date
    document: Document | None
    public_note: str | None

    @property
    def fact(self) -> str:
        """The name of the fact that announces it."""
        return SUBJECTS[self.of].fact

    def is_made(self, centre: Centre) -> bool:
        """Whether the centre has these values."""
        return all(getattr(centre, name) == value for name, value in self.values.items())

    @property
    def pending(self) -> Document:
        """The change as a centre stores it until its day."""
        values = {name: str(value) if isinstance(value, UUID) else value for name, value in self.values.items()}
        note = {"public_note": self.public_note} if self.public_note else {}
        document = {"document": self.document} if self.document else {}
        return {**values, "effective": self.effective.isoformat(), **document, **note}


def subjects_of(fields: Fields) -> list[str]:
    """What the fields of a step or a pending change say about the centre."""
    return [name for name, subject in SUBJECTS.items() if any(column in fields for column in subject.columns)]


def change_of(fields: Fields) -> Change:
    """The change that a step asks for. Raises Invalid for none, for several at once, and without its day."""
    named = subjects_of(fields)
    if len(named) != 1:
        raise invalid_field("/fields", "invalid_value", "A change is about one thing: " + ", ".join(COLUMNS) + ".")
    subject = SUBJECTS[named[0]]
    values = {name: fields[name] for name in subject.columns if name in fields}
    if subject.required and None in values.values():
        raise invalid_field(f"/fields/{subject.columns[0]}", "required", "A centre always has it.")
    effective = given(fields, "effective", date)
    if effective is None:
        raise invalid_field("/fields/effective", "required", "The first day of the new value.")
    note = given(fields, "public_note", str)
    document = given(fields, "document", dict)
    return Change(of=named[0], values=values, effective=effective, document=document, public_note=note)


def pending_of(centre: Centre) -> Change | None:
    """The change of a centre that waits for its day."""
    pending = centre.pending_change
    if pending is None:
        return None
    (of,) = subjects_of(pending)
    values = {name: pending[name] for name in SUBJECTS[of].columns if name in pending}
    ids = {name: UUID(value) for name, value in values.items() if name in _IDS and value is not None}
    return Change(
        of=of,
        values={**values, **ids},
        effective=date.fromisoformat(pending["effective"]),
        document=pending.get("document"),
        public_note=pending.get("public_note"),
    )


def require_day(effective: date, since: date, today: date) -> None:
    """Raises Invalid for a day before `since`, from which the present value counts, or more than 90 days ahead."""
    if not since <= effective <= today + FURTHEST:
        bounds = f"From {since} to {today + FURTHEST}."
        raise invalid_field("/fields/effective", "out_of_range", bounds)


def changed(centre: Centre, change: Change) -> Centre:
    """A centre that has got the new values, without a pending change of the same thing."""
    return replace(
        without_pending(centre, change.of),
        search_key=names_search_key(centre.names, centre.registration_number),
        change_documents=_documents(centre, change),
        public_note=change.public_note,
        noted_version=centre.version + 1,
    )


def postponed(centre: Centre, change: Change) -> Centre:
    """The centre with a pending change."""
    return replace(centre, pending_change=change.pending, change_documents=_documents(centre, change))


def without_pending(centre: Centre, of: str) -> Centre:
    """The centre without a pending change of this."""
    pending = pending_of(centre)
    return replace(centre, pending_change=None) if pending is not None and pending.of == of else centre


def _documents(centre: Centre, change: Change) -> list[Document]:
    earlier = list(centre.change_documents)
    return earlier if change.document is None or change.document in earlier else [*earlier, change.document]


def last_day(starts: date, replaced_on: date) -> date:
    """The last day of a value: that before the next one, or its first day if both began on one day."""
    return max(starts, replaced_on - timedelta(days=1))


def named_host(fields: Fields) -> UUID | None:
    """The institution that is to host the centre."""
    return cast("UUID | None", fields.get("host_institution_id"))
