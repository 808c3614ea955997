"""Tokens that are mailed to the address of an account: purpose, validity and storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

PASSWORD, VERIFICATION = "password", "verification"
INVITATION = "invitation"
"""The template of the mail to the address of an account that an office made."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of mail with a token: the purpose of the token and its validity."""

    purpose: str
    life: timedelta


LETTERS: Mapping[str, Letter] = {
    INVITATION: Letter(PASSWORD, timedelta(days=7)),
    "registration": Letter(PASSWORD, timedelta(days=7)),
    "password_reset": Letter(PASSWORD, timedelta(minutes=60)),
    "verification": Letter(VERIFICATION, timedelta(days=7)),
}
"""The kinds, by the template of the mail."""
REGISTRATION = "registration"
ALREADY_REGISTERED = "already_registered"
"""The template of the mail to a registered address that already has an account. It has no token."""
OLD_ADDRESS = "address_changed"
"""The template of the mail to the previous address of an account. It has no token."""
