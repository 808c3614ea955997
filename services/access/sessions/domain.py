"""How long a person stays signed in, and what ends that."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.lifecycle import Lifecycle, step

IDLE = timedelta(hours=12)
"""A session that nobody renews for so long is over."""
LONGEST = timedelta(days=30)
"""A session lasts no longer, however often it is renewed."""
KEPT = timedelta(days=90)
"""For so long it is remembered that there was a session."""
MOST_LIVING = 50
"""Sessions of one account at a time; a further one ends the oldest."""
LONGEST_LABEL = 60

LIFECYCLE: Lifecycle[Any] = Lifecycle(
    ("active", "ended", "expired"),
    (step("end", "active", "ended"), step("expire", "active", "expired", timed=True)),
)


def new_refresh_token() -> str:
    """A token of 256 random bits, of unreserved characters."""
    return f"escm_refresh_{secrets.token_urlsafe(32)}"


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def idle_until(at: datetime, ends_at: datetime) -> datetime:
    """Until when a session that is used at this instant may be renewed."""
    return min(at + IDLE, ends_at)


def label_of(given: str | None) -> str | None:
    """The first 60 printable characters of how a client calls itself, such as `Office laptop`."""
    shown = "".join(letter for letter in given or "" if letter.isprintable()).strip()
    return shown[:LONGEST_LABEL] or None
