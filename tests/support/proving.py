"""A caller with a key of its own, which proves to have it (DPoP, RFC 9449)."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jws
from joserfc.jwk import ECKey

from tests.support.signing_in import TOKEN

ME = "/access/v1/me"


class Prover:
    """A key, and the nonce that the system gave last."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http, self.key, self.nonce = http, ECKey.generate_key("P-256"), ""

    @property
    def origin(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def proof(
        self,
        method: str,
        path: str,
        token: str | None = None,
        header: Mapping[str, Any] | None = None,
        key: ECKey | None = None,
        **changed: Any,
    ) -> str:
        """A proof; what is changed to None is left out."""
        ath = urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode() if token else None
        claims = {
            "jti": uuid4().hex,
            "htm": method,
            "htu": f"{self.origin}{path}",
            "iat": int(time.time()),
            "nonce": self.nonce,
            "ath": ath,
            **changed,
        }
        jwk = {name: self.key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
        wanted = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk, **(header or {})}
        head = {name: value for name, value in wanted.items() if value is not None}
        payload = json.dumps({name: value for name, value in claims.items() if value is not None})
        registry = jws.JWSRegistry(algorithms=[str(head["alg"])], strict_check_header=False)
        return jws.serialize_compact(head, payload, key or self.key, registry=registry)

    async def ask(self, form: Mapping[str, str], **changed: Any) -> httpx.Response:
        """A request for a token with a proof, once more if it needs a nonce."""
        response = await self.http.post(TOKEN, data=form, headers={"DPoP": self.proof("POST", TOKEN, **changed)})
        if response.json().get("error") == "use_dpop_nonce":
            self.nonce = response.headers["dpop-nonce"]
            response = await self.http.post(TOKEN, data=form, headers={"DPoP": self.proof("POST", TOKEN, **changed)})
        return response

    async def call(self, token: str, method: str = "GET", path: str = ME, **changed: Any) -> httpx.Response:
        """A request with a bound token and a proof."""
        headers = {"Authorization": f"DPoP {token}", "DPoP": self.proof(method, path, token, **changed)}
        return await self.http.request(method, path, headers=headers)
