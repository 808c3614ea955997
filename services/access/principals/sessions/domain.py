"""How long a person stays signed in, and what ends a session."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

IDLE = timedelta(hours=12)
"""A session ends if it is not renewed, or its browser is not used, for this time."""
LONGEST = timedelta(days=30)
"""The longest time of a session, whatever its renewals."""
RETENTION = timedelta(days=90)
"""How long an ended session is stored."""
OVERLAP = timedelta(seconds=30)
"""For how long after its use a refresh token gets the same successor again, if the successor is unused."""
MOST_LIVING = 50
"""Most sessions of one account; a further one ends the oldest."""
LONGEST_LABEL = 60
_PREFIX = "escm_refresh_"

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("active", "ended", "expired"),
    (transition("end", "active", "ended"), transition("expire", "active", "expired", is_scheduled=True)),
)


def new_refresh_token() -> str:
    """A token of 256 random bits, of unreserved characters."""
    return f"{_PREFIX}{secrets.token_urlsafe(32)}"


def successor_of(token: str, secret: bytes) -> str:
    """The token that a renewal with `token` returns. It is derived from the token and the installation's secret, so
    that two parallel renewals get the same one and a session never has two valid tokens."""
    return f"{_PREFIX}{urlsafe_b64encode(hmac.digest(secret, token.encode(), 'sha256')).rstrip(b'=').decode()}"


def is_refresh_token(token: str) -> bool:
    """Whether the text has the form of a refresh token."""
    return token.startswith(_PREFIX)


def digest(token: str) -> bytes:
    """The stored form of a token, a cookie or a code."""
    return hashlib.sha256(token.encode()).digest()


def idle_until(at: datetime, ends_at: datetime) -> datetime:
    """Until when a session that is used at this instant may be renewed."""
    return min(at + IDLE, ends_at)


def label_of(given: str | None) -> str | None:
    """The first 60 printable characters of the client's own label, such as `Office laptop`."""
    shown = "".join(letter for letter in given or "" if letter.isprintable()).strip()
    return shown[:LONGEST_LABEL] or None
