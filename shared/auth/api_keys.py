"""API keys: `escm_live_`, 32 random characters and a checksum of six, so that a mistyped key needs no lookup."""

import hashlib
import re
import secrets
import zlib
from string import ascii_letters, digits

PREFIX = "escm_live_"
SHOWN = len(PREFIX) + 4
"""Characters of a key that may be shown to distinguish it from others."""
_ALPHABET = digits + ascii_letters
_RANDOM, _CHECK = 32, 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECK}}}")


def new_api_key() -> str:
    """A new key of 190 random bits, in unreserved characters."""
    body = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _check(body)


def api_key_digest(text: str) -> bytes | None:
    """The stored digest of a key, or None for malformed or mistyped text."""
    if not _FORM.fullmatch(text) or _check(text[:-_CHECK]) != text[-_CHECK:]:
        return None
    return digest(text)


def digest(key: str) -> bytes:
    """The stored digest: the SHA-256 of the key."""
    return hashlib.sha256(key.encode()).digest()


def _check(body: str) -> str:
    """The CRC-32 in base 62."""
    rest, found = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        rest, digit = divmod(rest, len(_ALPHABET))
        found = _ALPHABET[digit] + found
    return found
