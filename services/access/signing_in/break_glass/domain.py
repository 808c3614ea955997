"""The way in for when no other is left: an address that an operator makes on the host, and that is opened once."""

import secrets
from datetime import timedelta

LIFE = timedelta(minutes=15)
"""How long an address may be opened."""
SESSION = timedelta(hours=1)
"""How long the session lives that it opens, and every one that follows from it."""
RETENTION = timedelta(days=90)
"""How long it is stored who made an address, why, and whether it was opened; the audit trail has it for longer."""
LONGEST_REASON = 500
METHOD = "break_glass"
"""The method (`amr`) of its sessions."""
NAME, EMAIL = "Break-glass", "break-glass@escm.invalid"
"""Of the account. No mail reaches the address (RFC 6761, 6.4)."""
TEMPLATE = "break_glass"
"""The mail to all administrators."""


def new_code() -> str:
    """What the address has: 256 random bits."""
    return secrets.token_urlsafe(32)
