"""Tokens that are mailed to the address of an account: purpose, validity and storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

PASSWORD, VERIFICATION, EMAIL, KEEP = "password", "verification", "email", "keep"
INVITATION = "invitation"
"""The template of the mail to the address of an account that an office made."""

NEW_ADDRESS, ASKED = "new_address", "email_asked"
"""The templates of the mails to the new and to the present address of an account whose owner asks for another."""
CONFIRMED_WITHIN = timedelta(days=1)
"""How long a new address waits for its confirmation, and may be refused from the present one."""
MOST_ASKED = 5
"""Most addresses that a person asks for in a day."""


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
    ASKED: Letter(KEEP, CONFIRMED_WITHIN),
}
"""The kinds, by the template of the mail."""
REGISTRATION = "registration"
ALREADY_REGISTERED = "already_registered"
"""The template of the mail to a registered address that already has an account. It has no token."""
OLD_ADDRESS = "address_changed"
"""The template of the mail to the previous address of an account. It has no token."""
