"""What an account and a client have that the focal points of a country may make."""

from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from shared.records.record import Example, Granted, Internal, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeByCountry(Record):
    """A record that a focal point may have made."""

    made_by_country: Annotated[
        bool, Granted, "Whether a focal point of its country made it, so that it is suspended when the last one ends."
    ]
    suspended_by: Annotated[
        str | None,
        Granted,
        Tracked,
        Example(None),
        "Who suspended it: `secretariat`, `country` for a focal point, or `system`; null where it is not suspended.",
    ]
    previous_status: Annotated[str | None, Internal]


R = TypeVar("R", bound=MadeByCountry)


def entering(wanted: R, target: str, *, is_by_secretariat: bool) -> R:
    """The record as it enters another state, with who suspended it."""
    by = "secretariat" if is_by_secretariat else "country"
    return replace(wanted, suspended_by=by if target == "suspended" else None)
