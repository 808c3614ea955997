"""A mail before it is written, and how it lies in the database: encrypted under the secret of the installation."""

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
    """To whom, from which template, in which of the six languages, and the values that the template names."""

    to: str
    template: str
    language: str
    values: Mapping[str, str]


class MailSeal:
    """Seals and opens mails. What was sealed under another secret does not open."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret_key.get_secret_value().encode()
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"escm mail").derive(secret))

    def seal(self, mail: Mail, identity: UUID) -> bytes:
        """The mail as it is stored in the row of this id, and opens there only."""
        nonce, plain = os.urandom(_NONCE), orjson.dumps(mail)
        return nonce + self._cipher.encrypt(nonce, plain, identity.bytes)

    def open(self, sealed: bytes, identity: UUID) -> Mail | None:
        """The mail of a row; None where the secret has changed since."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], identity.bytes)
        except InvalidTag:
            return None
        return Mail(**orjson.loads(plain))
