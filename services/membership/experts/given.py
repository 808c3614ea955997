"""The ids and days in the fields of a transition."""

from datetime import date
from uuid import UUID

from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, given


def given_id(fields: Fields, name: str) -> UUID | None:
    """The id in a field; None for null or an absent field. Raises Invalid for an invalid id."""
    if fields.get(name) is None:
        return None
    try:
        return UUID(str(fields[name]))
    except ValueError:
        raise invalid_field(f"/fields/{name}", "invalid_value", "An id, or null.") from None


def given_day(fields: Fields, name: str) -> date | None:
    """The day in a field; None for null or an absent field. Raises Invalid for an invalid day."""
    try:
        raw = given(fields, name, str)
        return None if raw is None else date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise invalid_field(f"/fields/{name}", "invalid_format", "A date is YYYY-MM-DD.") from None
