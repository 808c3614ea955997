"""The lifecycle of a delegation, and which sections it covers."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from shared.kernel.lifecycle import Lifecycle, transition

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("active", "ended"),
    (
        transition("end", "active", "ended"),
        transition("end_with_report", "active", "ended", is_scheduled=True),
    ),
)


class Assignment(NamedTuple):
    """Whom sections are delegated to, until when."""

    account_id: UUID
    sections: frozenset[str]
    due_on: date | None


def assignment_of(key: str, assignments: Iterable[Assignment]) -> Assignment | None:
    """Whom a section is delegated to: the earliest of several."""
    return next((one for one in assignments if key in one.sections), None)


def sections_of(account: UUID | None, assignments: Iterable[Assignment]) -> frozenset[str]:
    """The keys of the sections that are delegated to an account."""
    return frozenset[str]().union(*(one.sections for one in assignments if one.account_id == account))
