"""How long a person stays signed in, and what ends that."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

IDLE = timedelta(hours=12)
"""A session that nobody renews for so long is over."""
LONGEST = timedelta(days=30)
"""A session lasts no longer, however often it is renewed."""
RETENTION = timedelta(days=90)
"""For so long it is remembered that there was a session."""
OVERLAP = timedelta(seconds=30)
"""For so long after its use a refresh token gets its successor again, while nobody has used that."""
MOST_LIVING = 50
"""Sessions of one account at a time; a further one ends the oldest."""
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
    """The token that a renewal with `token` answers. It follows from the token and the installation's secret, so that
    two renewals at once get the same one and a session never has two living tokens."""
    return f"{_PREFIX}{urlsafe_b64encode(hmac.digest(secret, token.encode(), 'sha256')).rstrip(b'=').decode()}"


def is_refresh_token(token: str) -> bool:
    """Whether the text has the form of a refresh token."""
    return token.startswith(_PREFIX)


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
