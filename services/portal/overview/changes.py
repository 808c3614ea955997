"""The latest changes of the register of centres: in front, and as a feed in each language."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import escape

from services.portal.pages.feeds import Entry, feed
from services.portal.pages.texts import best, country_name, text
from services.portal.reading.reads import PageReads
from shared.kernel.clock import today

SHOWN = 6
"""Changes in front."""
_IN_FEED = 50
_WITHIN = timedelta(days=180)
KINDS = (
    "designated", "renewed", "suspended", "reinstated", "expired",
    "closed", "renamed", "host_changed", "moved", "removed",
)  # fmt: skip
"""Changes of directors are left out: they name people."""
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a registered centre, with its name after it in a language."""

    day: str
    number: str
    kind: str
    name: str
    name_language: str
    country: str


async def latest(reads: PageReads, language: str, most: int = SHOWN) -> list[Change]:
    """The last changes within half a year, newest first. Raises Unavailable if the service does not respond."""
    query = {"after": str(today() - _WITHIN), "change": ",".join(KINDS), "limit": str(_AT_ONCE)}
    kept: deque[Change] = deque(maxlen=most)
    async for item in reads.every("centres", "register/changes", **query):
        tag, name = best(item["names"], language)
        kept.append(Change(item["on"], item["registration_number"], item["change"], name, tag, item["country"]))
    return list(reversed(kept))


async def as_feed(reads: PageReads, language: str, origin: str) -> str:
    """The last fifty changes within half a year as an Atom feed."""
    address = f"{origin}/{language}/changes.atom"
    entries = [_entry(change, language, origin, address) for change in await latest(reads, language, _IN_FEED)]
    return feed(text(language, "changes.title"), address, f"{origin}/{language}/centres", entries, language=language)


def _entry(change: Change, language: str, origin: str, address: str) -> Entry:
    said = text(language, f"change.{change.kind}")
    country = country_name(change.country, language)
    return Entry(
        f"{address}#{change.number}/{change.day}/{change.kind}",
        f"{change.name}: {said}",
        f"{origin}/{language}/countries/{change.country}",
        change.day,
        f"<p>{escape(change.number)}, {escape(country)}</p>",
    )
