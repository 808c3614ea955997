"""Authorization codes with PKCE (RFC 6749, 4.1; RFC 7636)."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from shared.configuration.sealing import text_of_bytes

LIFE = timedelta(seconds=60)
RETENTION = timedelta(days=1)
"""How long a code is stored, so that a second use is detected."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def new_code() -> str:
    """A code of 256 random bits, of unreserved characters."""
    return secrets.token_urlsafe(32)


def is_challenge(text: str) -> bool:
    """Whether the text is the challenge of some verifier under S256."""
    return _CHALLENGE.fullmatch(text) is not None


def proves(verifier: str, challenge: str) -> bool:
    """Whether the challenge was made of this verifier."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = text_of_bytes(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(made, challenge)
