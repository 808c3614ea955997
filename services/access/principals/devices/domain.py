"""Codes by which people sign in on a device without a browser (RFC 8628)."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

from services.access.principals.clients.domain import is_loopback
from services.access.principals.clients.record import Client
from shared.kernel.resource import Resource

DEVICES = Resource("access", "devices", "device")
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
LIFE = timedelta(minutes=10)
RETENTION = timedelta(hours=1)
"""How long a code is stored after its end, so that a device learns what became of it."""
PAUSE = 5
"""Seconds that a device waits between two requests for a token; so many more after one that came too early."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""The letters of codes that people type: without vowels there are no words, and no digit looks like one of them."""
LENGTH = 8
LONGEST_TYPED = 40
Decision: TypeAlias = Literal["allowed", "denied"]
Fault: TypeAlias = Literal["authorization_pending", "slow_down", "access_denied", "expired_token", "invalid_grant"]
"""Why a device gets no token: the errors of RFC 8628, 3.5."""
SENTENCES: Mapping[Fault, str] = {
    "authorization_pending": "The person has not decided yet; ask again after the interval.",
    "slow_down": "Wait five seconds longer between two requests from now on.",
    "access_denied": "The person did not allow it, may not sign in in this way, or has signed out.",
    "expired_token": "The codes have expired; ask for others.",
    "invalid_grant": "The code is not valid.",
}


def new_user_code() -> str:
    """The code that a person types."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def grouped(user_code: str) -> str:
    """The code as people read it: `BCDF-GHJK`."""
    return f"{user_code[:4]}-{user_code[4:]}"


def typed_code(text: str) -> str | None:
    """The code that somebody typed, in small or capital letters, with any separators; None for what is no code."""
    letters = "".join(letter for letter in text[:LONGEST_TYPED].upper() if letter.isalnum())
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else None


def user_digest(key: bytes, user_code: str) -> bytes:
    """The stored form of the code. It depends on a key of the installation, since there are few codes."""
    return hmac.digest(key, user_code.encode(), "sha256")


def is_command_line(client: Client) -> bool:
    """Whether people may sign in to the client by a code: to a public one of our own that runs on their machines."""
    return client.first_party and client.public and any(map(is_loopback, client.redirect_uris))
