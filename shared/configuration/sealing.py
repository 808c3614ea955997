"""Encryption under the secret of the installation, for what is stored or handed out but not to be read there."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


def derived_key(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """So many bytes that follow from the secret, others for each purpose."""
    return HKDF(SHA256(), length, None, purpose.encode()).derive(secret)


class Sealer:
    """Seals and opens for one purpose. What is sealed is bound to a name, and opens under no other."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret, purpose))

    def seal(self, content: bytes, name: str) -> bytes:
        """The content, encrypted."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes | None:
        """The content; None where it was sealed under another secret, purpose or name."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except InvalidTag:
            return None


class PlaceSealer:
    """Seals places in lists, which callers hand back: AES-256-SIV (RFC 5297), so that the same place of the same list
    is the same text. What is sealed is bound to a name, and opens under no other."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESSIV(derived_key(secret, purpose, 64))

    def seal(self, content: bytes, name: bytes) -> bytes:
        """The content, encrypted: 16 bytes longer."""
        return self._cipher.encrypt(content, [name])

    def open(self, sealed: bytes, name: bytes) -> bytes | None:
        """The content; None where it was sealed under another secret, purpose or name, or changed."""
        try:
            return self._cipher.decrypt(sealed, [name])
        except InvalidTag:
            return None
