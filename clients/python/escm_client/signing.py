"""JSON Web Tokens that this program signs. Needs `escm-client[crypto]`."""

import base64
import json
from typing import Any


def algorithm_of(key: Any) -> str:
    """What a private key of P-256 or RSA signs with."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    return "ES256" if isinstance(key, EllipticCurvePrivateKey) else "PS256"


def signed(key: Any, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The token in its compact form."""
    content = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{content}.{base64url(_signature(key, content.encode()))}"


def base64url(content: bytes) -> str:
    """The bytes as a part of a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _signature(key: Any, content: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    digest = hashes.SHA256()
    if algorithm_of(key) == "ES256":
        r, s = utils.decode_dss_signature(key.sign(content, ec.ECDSA(digest)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return bytes(key.sign(content, padding.PSS(padding.MGF1(digest), digest.digest_size), digest))
