"""Tokens that are mailed to the address of an account: what for, for how long, and how they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

PASSWORD, VERIFICATION = "password", "verification"


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of mail with a token: what the token is good for, and how long."""

    purpose: str
    life: timedelta


LETTERS: Mapping[str, Letter] = {
    "invitation": Letter(PASSWORD, timedelta(days=7)),
    "registration": Letter(PASSWORD, timedelta(days=7)),
    "password_reset": Letter(PASSWORD, timedelta(minutes=60)),
    "verification": Letter(VERIFICATION, timedelta(days=7)),
}
"""By the template of the mail."""
REGISTRATION = "registration"
ALREADY_REGISTERED = "already_registered"
"""The template of the mail to an address that somebody registers whose owner has an account. It has no token."""
OLD_ADDRESS = "address_changed"
"""The template of the mail to the address that an account had before. It has no token."""
