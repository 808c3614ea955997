"""A notification."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification as it is stored: `mail` is how its account wants it."""

    id: UUID
    account_id: UUID
    kind: str
    event: str
    resource: str
    record_id: UUID
    ref: str
    link: str
    day: date
    at: datetime
    mail: str
