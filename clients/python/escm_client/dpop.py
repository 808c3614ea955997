"""Tokens that are bound to a key, so that nobody uses them who only has the token (DPoP, RFC 9449)."""

import time
from hashlib import sha256
from uuid import uuid4

import httpx

from .credentials import TOKEN
from .signing import base64url, signed


class DPoP:
    """A key that tokens are bound to: a new one, or `key`, a private key of P-256 as PEM, for sessions that are stored.
    Give it to `Api`. Needs `escm-client[crypto]`."""

    def __init__(self, key: bytes | None = None) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        loaded = load_pem_private_key(key, None) if key else ec.generate_private_key(ec.SECP256R1())
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError("the key is not of P-256")
        self._key, self._nonce = loaded, ""
        numbers = loaded.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        self._header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": x, "y": y}}

    def watch(self, http: httpx.Client) -> None:
        """Adds proofs to the requests of an HTTP client, also to those that follow redirects."""
        http.event_hooks["request"].append(self._prove)
        http.event_hooks["response"].append(self._keep_nonce)

    def _prove(self, request: httpx.Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "DPoP" and request.url.path != TOKEN:
            return
        claims = {"jti": str(uuid4()), "htm": request.method, "htu": str(request.url.copy_with(query=None))}
        claims |= {"nonce": self._nonce} if self._nonce else {}
        claims |= {"ath": base64url(sha256(token.encode()).digest())} if scheme == "DPoP" else {}
        request.headers["DPoP"] = signed(self._key, self._header, {**claims, "iat": int(time.time())})

    def _keep_nonce(self, response: httpx.Response) -> None:
        self._nonce = response.headers.get("dpop-nonce", self._nonce)
