"""Tokens that are mailed to the address of an account: what for, for how long, and how they are stored."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.errors import Invalid, invalid_field

PASSWORD, VERIFICATION = "password", "verification"


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of mail with a token: what the token is good for, and how long."""

    purpose: str
    life: timedelta


LETTERS: Mapping[str, Letter] = {
    "invitation": Letter(PASSWORD, timedelta(days=7)),
    "password_reset": Letter(PASSWORD, timedelta(minutes=60)),
    "verification": Letter(VERIFICATION, timedelta(days=7)),
}
"""By the template of the mail."""
OLD_ADDRESS = "address_changed"
"""The template of the mail to the address that an account had before. It has no token."""


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def token_not_valid() -> Invalid:
    """An unknown, used or expired token: the response does not say which."""
    return invalid_field("/token", "token_not_valid", "The token was used or has expired. Request another mail.")
