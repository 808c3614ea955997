"""An authenticator of passkeys in software, which can lie in every way that a hostile one could."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def options_in(page: Any) -> dict[str, Any]:
    """What the script of a page would ask the browser for."""
    return dict(json.loads(unescape(page.text.split('data-options="')[1].split('"')[0])))


def challenge_of(options: dict[str, Any]) -> bytes:
    text = options["challenge"]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Passkey:
    """A passkey on a device. `domain`, `origin` and the other fields say what it answers with."""

    domain: str = "access.test"
    origin: str = "http://access.test"
    counter: int = 1
    flags: int = _PRESENT | _VERIFIED
    cross_origin: bool = False
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any], **said: Any) -> dict[str, Any]:
        """The answer to options of a creation."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = b"\0" * 16 + struct.pack(">H", len(self.credential)) + self.credential + cbor2.dumps(public)
        data = self._head(_ATTESTED) + attested
        self.counter += 1
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge_of(options), **said)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def shown(self, options: dict[str, Any], **said: Any) -> dict[str, Any]:
        """The answer to options of a request."""
        client, data = self._client("webauthn.get", challenge_of(options), **said), self._head()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        self.counter += 1
        parts = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        return self._answer(parts)

    def _head(self, more: int = 0) -> bytes:
        digest = hashlib.sha256(self.domain.encode()).digest()
        return digest + struct.pack(">BI", self.flags | more, self.counter)

    def _client(self, kind: str, challenge: bytes, **said: Any) -> bytes:
        content = {
            "type": kind, "challenge": b64(challenge), "origin": self.origin, "crossOrigin": self.cross_origin, **said
        }  # fmt: skip
        return json.dumps(content).encode()

    def _answer(self, parts: dict[str, str]) -> dict[str, Any]:
        shown = b64(self.credential)
        return {"id": shown, "rawId": shown, "type": "public-key", "clientExtensionResults": {}, "response": parts}
