"""What a closure on a later day says, until its day. Plain Python."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.centres.designation.centres.record import Centre
from services.centres.designation.tenures.domain import FURTHEST
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, given, given_id
from shared.records.record import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """The last day of a centre, and what is said of its closure."""

    effective: date
    cause: str | None
    successor_id: UUID | None
    public_note: str | None

    @property
    def pending(self) -> Document:
        """The closure as a centre stores it until its day."""
        return {
            "effective": self.effective.isoformat(),
            "cause": self.cause,
            "successor_id": str(self.successor_id) if self.successor_id else None,
            "public_note": self.public_note,
        }


def closure_of(fields: Fields, effective: date) -> Closure:
    """The closure that a step asks for."""
    return Closure(
        effective=effective,
        cause=given(fields, "cause", str),
        successor_id=given_id(fields, "successor_id"),
        public_note=given(fields, "public_note", str),
    )


def pending_of(centre: Centre) -> Closure | None:
    """The closure of a centre that waits for its day."""
    pending = centre.pending_closure
    if pending is None:
        return None
    return closure_of(pending, date.fromisoformat(pending["effective"]))


def require_day(effective: date, today: date) -> None:
    """Raises Invalid for a day more than 90 days ahead."""
    if effective > today + FURTHEST:
        raise invalid_field("/fields/effective", "out_of_range", f"At most until {today + FURTHEST}.")
