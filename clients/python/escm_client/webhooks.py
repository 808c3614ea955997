"""Verifies what webhooks receive (Standard Webhooks 1.0): `v1`, HMAC-SHA256, and `v1a`, Ed25519."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

_SECRET, _PUBLIC = "whsec_", "whpk_"


class InvalidSignature(Exception):
    """No key verifies the content, or it is too old. Answer with 400 and do nothing."""


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    keys: str | Sequence[str],
    *,
    tolerance: int = 300,
    now: float | None = None,
) -> Any:
    """The event in a received request, whose `body` is as it came. `keys` are `whsec_…` and `whpk_…`: during a rotation
    the old and the new ones. `tolerance` is the seconds that its clock may differ. Raises InvalidSignature.

    `whpk_` needs `escm-client[crypto]`. The same id may come again: store the ids that you have used.
    """
    content = body.encode() if isinstance(body, str) else body
    found = {name.lower(): value for name, value in headers.items()}
    identity, at = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if not identity or not at.isdecimal():
        raise InvalidSignature("The headers webhook-id and webhook-timestamp are missing.")
    if abs((time.time() if now is None else now) - int(at)) > tolerance:
        raise InvalidSignature("The time of the request is too far from that of this machine.")
    signed = f"{identity}.{at}.".encode() + content
    signatures = found.get("webhook-signature", "").split()
    given = [keys] if isinstance(keys, str) else keys
    if any(_fits(key, signature, signed) for key in given for signature in signatures):
        return json.loads(content)
    raise InvalidSignature("No signature fits a key.")


def _fits(key: str, signature: str, signed: bytes) -> bool:
    version, _, text = signature.partition(",")
    with suppress(binascii.Error):
        given = base64.b64decode(text, validate=True)
        if version == "v1" and key.startswith(_SECRET):
            own = hmac.new(base64.b64decode(key.removeprefix(_SECRET)), signed, hashlib.sha256).digest()
            return hmac.compare_digest(own, given)
        if version == "v1a" and key.startswith(_PUBLIC):
            return _verifies(base64.b64decode(key.removeprefix(_PUBLIC)), given, signed)
    return False


def _verifies(public: bytes, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature as Wrong
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    with suppress(Wrong):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
        return True
    return False
