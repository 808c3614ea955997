"""The clock of the services, moved by a test."""

from datetime import datetime, timedelta, tzinfo


class Times:
    """The clock of the services, so far ahead as a test sets it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self, zone: tzinfo | None = None) -> datetime:
        return datetime.now(zone) + self.ahead
