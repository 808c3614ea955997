"""The keys of a webhook and the signatures of Standard Webhooks 1.0: `v1`, HMAC-SHA256, and `v1a`, Ed25519."""

import hmac
import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.configuration.sealing import Sealer

_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A key of both schemes."""

    secret: bytes
    private: Ed25519PrivateKey

    @classmethod
    def new(cls) -> "Key":
        """A random key."""
        return cls.of_bytes(os.urandom(2 * _LENGTH))

    @classmethod
    def of_bytes(cls, content: bytes) -> "Key":
        """The key of its bytes."""
        return cls(content[:_LENGTH], Ed25519PrivateKey.from_private_bytes(content[_LENGTH:]))

    @property
    def content(self) -> bytes:
        """The bytes of the key."""
        return self.secret + self.private.private_bytes_raw()

    @property
    def shown_secret(self) -> str:
        """The secret of `v1`, which only the response to its creation shows."""
        return f"whsec_{b64encode(self.secret).decode()}"

    @property
    def public(self) -> str:
        """The public key of `v1a`."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"whpk_{b64encode(raw).decode()}"

    def signature(self, scheme: str, message: bytes) -> str:
        """The signature of a message."""
        made = hmac.digest(self.secret, message, "sha256") if scheme == "v1" else self.private.sign(message)
        return f"{scheme},{b64encode(made).decode()}"


class KeySeal:
    """Seals keys for the database, each under its id."""

    def __init__(self, secret: bytes) -> None:
        self._sealer = Sealer(secret, "keys of webhooks")

    def seal(self, key: Key, identity: UUID) -> bytes:
        """The key, encrypted."""
        return self._sealer.seal(key.content, str(identity))

    def open(self, sealed: bytes, identity: UUID) -> Key | None:
        """The key; None if the secret of the installation has changed."""
        content = self._sealer.open(sealed, str(identity))
        return None if content is None else Key.of_bytes(content)


def headers_of(event: str, at: int, body: bytes, keys: Sequence[Key], schemes: Sequence[str]) -> dict[str, str]:
    """The headers of a message that is sent at these Unix seconds: its id, its time, and a signature by each key in
    each scheme."""
    message = b".".join((event.encode(), str(at).encode(), body))
    signatures = " ".join(key.signature(scheme, message) for scheme in schemes for key in keys)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": event,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures,
    }
