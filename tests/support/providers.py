"""An identity provider on loopback, which signs whatever a test wants."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from tests.support.signing_in import ACCOUNT, Visitor

CLIENT, SECRET = "escm-there", "a secret: of 100 % of the tests"
AUDIENCE = "https://escm.example.org"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
Claims = dict[str, Any]
Forge = Callable[["FakeProvider", Claims], str]


def signed(claims: Any, key: Any, algorithm: str = "ES256", **header: Any) -> str:
    """A compact token. A header of None is left out."""
    given = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **header}
    named = {name: value for name, value in given.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact(named, json.dumps(claims), key, [algorithm], registry=registry)


def keys_of_every_kind() -> dict[str, Any]:
    """A key for each algorithm."""
    rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
    return {
        "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
        "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp"}),
        "PS256": rsa,
        "RS256": rsa,
    }


@dataclass
class FakeProvider:
    """`forge` makes the ID token of its claims. `instead`, by path, is the status and body of a response. `asked` are
    the paths of requests, `forms` the forms of those for tokens, with their header of authentication."""

    url: str = ""
    keys: dict[str, Any] = field(default_factory=keys_of_every_kind)
    published: list[Mapping[str, Any]] | None = None
    forge: Forge | None = None
    discovery: Claims = field(default_factory=dict)
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[tuple[dict[str, str], str]] = field(default_factory=list)
    _codes: dict[str, tuple[dict[str, str], Claims]] = field(default_factory=dict)

    def answers_as_usual(self) -> None:
        """Forgets what a test wanted otherwise."""
        self.published, self.forge, self.discovery, self.instead = None, None, {}, {}
        self.asked, self.forms = [], []

    @property
    def document(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": list(self.keys),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
            **self.discovery,
        }

    def sign_in(self, address: str, subject: str, **claims: Any) -> dict[str, str]:
        """What the provider adds to the address that it sends the browser back to, after this person signed in."""
        assert address.startswith(f"{self.url}/authorize?"), address
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256"), asked
        code = uuid4().hex
        self._codes[code] = asked, {"sub": subject, **claims}
        return {"code": code, "state": asked["state"], "iss": self.url}

    def claims(self, **more: Any) -> Claims:
        """What every token of this provider for the system says."""
        at = int(time.time())
        return {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300, **more}

    def access_claims(self, subject: str, **more: Any) -> Claims:
        """What an access token for the system says (RFC 9068)."""
        said = {"sub": subject, "aud": AUDIENCE, "client_id": "an-app", "jti": uuid4().hex}
        return self.claims(**{**said, "auth_time": int(time.time()), **more})

    def access_token(self, subject: str, **more: Any) -> str:
        return signed(self.access_claims(subject, **more), self.keys["ES256"], typ="at+jwt")

    def logout_token(self, **more: Any) -> str:
        claims = self.claims(jti=uuid4().hex, events={LOGOUT: {}}, **more)
        return signed(claims, self.keys["ES256"], typ="logout+jwt")

    def answer(self, path: str, form: dict[str, str] | None, authorization: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.document).encode()
        if path == "/keys":
            unique = {key.kid: key for key in self.keys.values()}
            own = KeySet(list(unique.values())).as_dict(private=False)["keys"]
            return 200, json.dumps({"keys": own if self.published is None else self.published}).encode()
        if path == "/token" and form is not None:
            return self._token(form, authorization)
        return 404, b"{}"

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        self.forms.append((form, authorization))
        asked, claims = self._codes.pop(form["code"], ({}, {}))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked.get("code_challenge") or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, b'{"error": "invalid_grant"}'
        access = uuid4().hex
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        whole = self.claims(nonce=asked["nonce"], at_hash=half, **claims)
        token = self.forge(self, whole) if self.forge else signed(whole, self.keys["ES256"])
        return 200, json.dumps({"access_token": access, "token_type": "Bearer", "id_token": token}).encode()


def link(base_url: str, provider: FakeProvider, code: str, username: str, password: str) -> None:
    """Somebody signs in to a running system, and links the provider that is connected there under the code."""

    async def walk() -> None:
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
            visitor = Visitor(http, username, password)
            page = await visitor.come()
            start = f"/access/v1/federation/{code}/start"
            left = await visitor.get(f"{start}{page.text.partition(start)[2].partition(chr(34))[0]}")
            answer = provider.sign_in(left.headers["location"], uuid4().hex)
            back = await visitor.get(f"/access/v1/federation/{code}/callback?{urlencode(answer)}")
            assert back.headers["location"] == ACCOUNT, back.text

    asyncio.run(walk())


@contextmanager
def serving_provider() -> Iterator[FakeProvider]:
    """A provider that answers until the end of the block."""
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(None)

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send({name: values[0] for name, values in parse_qs(text).items()})

        def _send(self, form: dict[str, str] | None) -> None:
            status, body = provider.answer(self.path, form, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        provider.url = f"http://127.0.0.1:{server.server_port}"
        yield provider
        server.shutdown()
