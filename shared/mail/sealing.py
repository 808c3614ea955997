"""Mails before they are sent, and their encryption in the database under the installation's secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.configuration.settings import Settings

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Mail:
    """The recipient, the template, one of the six languages, and the values that the template names."""

    to: str
    template: str
    language: str
    values: Mapping[str, str]


class MailSeal:
    """Seals and opens mails. Mails sealed under another secret do not open."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret_key.get_secret_value().encode()
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"escm mail").derive(secret))

    def seal(self, mail: Mail, identity: UUID) -> bytes:
        """The encrypted mail for the row of this id; it opens for no other id."""
        nonce, plain = os.urandom(_NONCE), orjson.dumps(mail)
        return nonce + self._cipher.encrypt(nonce, plain, identity.bytes)

    def open(self, sealed: bytes, identity: UUID) -> Mail | None:
        """The mail of a row; None if the secret has changed since."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], identity.bytes)
        except InvalidTag:
            return None
        return Mail(**orjson.loads(plain))
