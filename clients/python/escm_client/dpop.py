"""Tokens that are bound to a key, so that nobody uses them who only has the token (DPoP, RFC 9449)."""

import base64
import time
from hashlib import sha256
from uuid import uuid4

import httpx

from .credentials import TOKEN, signed


class DPoP:
    """A key that tokens are bound to: a new one, or `key`, a private key of P-256 as PEM, for sessions that are stored.
    Give it to `Api`. Needs `escm-client[crypto]`."""

    def __init__(self, key: bytes | None = None) -> None:
        from joserfc.jwk import ECKey

        self._key, self._nonce = ECKey.import_key(key) if key else ECKey.generate_key("P-256"), ""
        if self._key.curve_name != "P-256":
            raise ValueError("the key is not of P-256")
        self._header = {"typ": "dpop+jwt", "jwk": self._key.as_dict(private=False)}

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
        claims |= {"ath": _digest(token)} if scheme == "DPoP" else {}
        request.headers["DPoP"] = signed(self._key, self._header, {**claims, "iat": int(time.time())})

    def _keep_nonce(self, response: httpx.Response) -> None:
        self._nonce = response.headers.get("dpop-nonce", self._nonce)


def _digest(token: str) -> str:
    return base64.urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
