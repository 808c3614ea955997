"""Codes of an authenticator app (RFC 6238), and recovery codes."""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
import segno

STEP = 30
"""Seconds for which an app shows a code."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
"""80 bits, which are 16 letters and digits."""


def new_secret() -> str:
    """A secret of 160 random bits, as apps take it."""
    return pyotp.random_base32()


def otpauth(secret: str, person: str, issuer: str) -> str:
    """The address by which an app takes the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=issuer)


def picture(address: str) -> str:
    """The address as a QR code: SVG without styles, dark on light whatever the page's colours."""
    return segno.make(address, micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff", lineclass=None)


def used_step(secret: str, code: str, at: datetime, after: int) -> int | None:
    """The step that shows this code: the present one, the one before or the next, and later than `after`."""
    app, present = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    steps = (step for step in (present - 1, present, present + 1) if step > after)
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), code)), None)


def is_of_app(code: str) -> bool:
    """Whether the text has the form of a code of an app."""
    return len(code) == 6 and code.isascii() and code.isdecimal()


def plain(code: str) -> str:
    """A code as it was typed, without spaces and hyphens."""
    return "".join(letter for letter in code[:100] if letter.isalnum()).lower()


def new_recovery_codes() -> list[str]:
    """Ten codes in groups of four."""
    made = (b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES))
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]


def digest(code: str) -> bytes:
    """The stored form of a recovery code. It is random, so a plain digest is enough."""
    return hashlib.sha256(plain(code).encode()).digest()
