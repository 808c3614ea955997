"""When an operation retires: what its route declares, and the headers that follow from it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

PAGE = "/guides/versions"
"""What deprecation means for a caller."""
_LEAST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An operation is deprecated from the day `since`, and ends on the day `sunset`, a year later or more. `successor`
    is the address of what replaces it, if there is one.

    Raises ValueError for a shorter time.
    """

    since: date
    sunset: date
    successor: str = ""

    def __post_init__(self) -> None:
        if self.sunset - self.since < _LEAST:
            raise ValueError(f"an operation retires {_LEAST.days} days after its deprecation at the earliest")

    @property
    def described(self) -> dict[str, object]:
        """What the contract says of the operation."""
        return {"deprecated": True, "x-sunset": self.sunset.isoformat()}

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """`Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links to the page and the successor."""
        links = [f'<{PAGE}>; rel="deprecation"; type="text/html"']
        links += [f'<{self.successor}>; rel="successor-version"'] if self.successor else []
        return [
            (b"deprecation", f"@{int(_midnight(self.since).timestamp())}".encode()),
            (b"sunset", format_datetime(_midnight(self.sunset), usegmt=True).encode()),
            (b"link", ", ".join(links).encode()),
        ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
