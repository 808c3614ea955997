"""Encryption under the installation's secret, for content that is stored or handed out but unreadable there."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


def derived_key(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """A key of so many bytes, derived from the secret and the purpose."""
    return HKDF(SHA256(), length, None, purpose.encode()).derive(secret)


def text_of_bytes(content: bytes) -> str:
    """The bytes as part of an address or a token: base64url without padding (RFC 4648)."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of_text(text: str) -> bytes | None:
    """The bytes of such a text; None for any other one, also for another spelling of the same bytes."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return content if text_of_bytes(content) == text else None


class Sealer:
    """Seals and opens for one purpose. Sealed content is bound to a name and opens under no other."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret, purpose))

    def seal(self, content: bytes, name: str) -> bytes:
        """The content, encrypted."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes | None:
        """The content; None if it was changed, or sealed under another secret, purpose or name."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None

    def seal_text(self, content: bytes, name: str) -> str:
        """The content, encrypted, as part of an address."""
        return text_of_bytes(self.seal(content, name))

    def open_text(self, text: str, name: str) -> bytes | None:
        """The content of such a text; None for any other, as `open` has it."""
        sealed = bytes_of_text(text)
        return None if sealed is None else self.open(sealed, name)


class PlaceSealer:
    """Seals positions in lists, which callers hand back: AES-256-SIV (RFC 5297), so that the same position of the same
    list is the same text. Sealed content is bound to a name and opens under no other."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESSIV(derived_key(secret, purpose, 64))

    def seal(self, content: bytes, name: bytes) -> bytes:
        """The content, encrypted: 16 bytes longer."""
        return self._cipher.encrypt(content, [name])

    def open(self, sealed: bytes, name: bytes) -> bytes | None:
        """The content; None if it was changed, or sealed under another secret, purpose or name."""
        try:
            return self._cipher.decrypt(sealed, [name])
        except InvalidTag:
            return None
