"""What an account is: an address, a name, a password, and whether it may be used."""

import re

from shared.kernel.lifecycle import Lifecycle, step
from shared.kernel.text import nfc

LONGEST_EMAIL = 254
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
WRITABLE = ("email", "name", "expert_id", "language")
FIELDS = (*WRITABLE, "email_verified")
"""The fields whose changes the history tells."""
_ADDRESS = re.compile(r"[^\s@\x00-\x1f<>\"(),:;\\\[\]]{1,64}@[^\s@\x00-\x20<>\"(),:;\\\[\]]+\.[^\s@.]{2,63}")

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("active", "suspended"),
    (
        step("suspend", "active", "suspended", reason_required=True),
        step("reinstate", "suspended", "active", fact="reinstated"),
    ),
)


def email_key(address: str) -> str:
    """The address as it is compared: one account for `Ana@Example.org` and `ana@example.org`."""
    return nfc(address).strip().casefold()


def is_email(address: str) -> bool:
    """Whether it has the form of an address, of at most 254 characters."""
    return len(address) <= LONGEST_EMAIL and _ADDRESS.fullmatch(address) is not None
