"""The feed: what changed, complete and in order."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .transport import Transport

if TYPE_CHECKING:
    from .models.access import CloudEvent

EVENTS = "/access/v1/events"
_WAIT = 25  # seconds that the system waits for something newer


class Positions(Protocol):
    """Stores how far a reader has come."""

    def load(self) -> str | None:
        """The stored position; None at the beginning."""

    def save(self, position: str) -> None:
        """Stores the position. Everything before it was used."""


class FilePosition:
    """A position in a file, which is replaced at once."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def load(self) -> str | None:
        """The position; None without a file."""
        return self._path.read_text().strip() or None if self._path.exists() else None

    def save(self, position: str) -> None:
        """Replaces the file."""
        new = self._path.with_name(f"{self._path.name}.new")
        new.write_text(f"{position}\n")
        new.replace(self._path)


def read(
    transport: Transport, positions: Positions | None, query: dict[str, Any], until: Callable[[], bool], pause: float
) -> Iterator["CloudEvent"]:
    """The events behind `after` of the query; see `Api.follow`."""
    after = query["after"]
    while True:
        began = time.monotonic()
        wait = _WAIT if after and not until() else None
        page = transport.send("GET", EVENTS, query={**query, "after": after, "wait": wait}, longer=wait or 0).json()
        yield from page["items"]
        moved, after = page["next_after"] != after, str(page["next_after"])
        if moved and positions:
            positions.save(after)
        if not moved and until():
            return
        if not moved and time.monotonic() < began + pause:  # too many may wait already
            transport.sleep(pause)
