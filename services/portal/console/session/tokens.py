"""Tokens of the person at a browser: from a code, renewed, and sealed for the cookie."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64decode
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request

from services.portal.console.session.keys import CLIENT_ID, ConsoleKeys
from shared.configuration.sealing import text_of_bytes
from shared.kernel.errors import Malformed, Unavailable
from shared.reading.api import Reply, SessionApi

TOKEN, REVOKE = "/access/v1/oauth/token", "/access/v1/oauth/revoke"
AUTHORIZE, END_SESSION = "/access/v1/oauth/authorize", "/access/v1/oauth/end_session"
CALLBACK, SIGNED_OUT = "/console/callback", "/console/signed-out"
RENEWED_BEFORE = 60
"""Seconds before the end of an access token at which it is renewed."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Session:
    """A person's session at the console: whose and which one it is, its tokens, and the language of its pages.
    `expires` is when the access token ends, in Unix seconds."""

    account: str
    id: str
    access: str
    expires: int
    refresh: str
    shown: str
    language: str

    @property
    def is_due(self) -> bool:
        """Whether the access token is to be renewed."""
        return self.expires - time.time() < RENEWED_BEFORE

    def sealed(self, keys: ConsoleKeys, name: str) -> str:
        """The session as the value of its cookie."""
        return keys.seal(orjson.dumps(list(asdict(self).values())), name)

    @classmethod
    def opened(cls, keys: ConsoleKeys, name: str, value: str) -> "Session | None":
        """The session of a cookie; None for a value that was not sealed here."""
        content = keys.open(value, name)
        return None if content is None else cls(*orjson.loads(content))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sign-in was begun for: the address to go to, and what binds its answer to the browser."""

    to: str
    verifier: str
    nonce: str
    at: int

    @classmethod
    def new(cls, to: str) -> "Wanted":
        """A new sign-in, after which the browser goes to `to`."""
        return cls(to, secrets.token_urlsafe(48), secrets.token_urlsafe(16), int(time.time()))

    @property
    def challenge(self) -> str:
        """What the server compares the verifier with (RFC 7636, 4.2)."""
        return text_of_bytes(hashlib.sha256(self.verifier.encode()).digest())


class SignInRefused(Malformed):
    """The answer of the sign-in page is not one to this browser, or the code is over."""

    code = "form_expired"


class SessionEnded(Exception):
    """The session was ended, or nobody used it for too long."""


@dataclass(frozen=True, slots=True)
class TokenClient:
    """The confidential client of the console, in a request."""

    api: SessionApi
    keys: ConsoleKeys
    issuer: str
    request: Request

    async def redeemed(self, code: str, wanted: Wanted, language: str) -> Session:
        """The session that a code begins. Raises SignInRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"{self.issuer.rstrip('/')}{CALLBACK}",
            "code_verifier": wanted.verifier,
        }
        reply = await self._post(TOKEN, form)
        if reply.status_code != 200:
            raise SignInRefused("The code of the sign-in is over: sign in again.")
        given = orjson.loads(reply.content)
        claims = self._claims(given["id_token"], wanted.nonce)
        return Session(
            str(claims["sub"]).removeprefix("account:"), str(claims["sid"]), given["access_token"],
            int(time.time()) + int(given["expires_in"]), given["refresh_token"], given["id_token"], language,
        )  # fmt: skip

    async def renewed(self, session: Session) -> Session:
        """The session with another access token. Parallel requests each get one, since a confidential client keeps its
        refresh token. Raises SessionEnded."""
        reply = await self._post(TOKEN, {"grant_type": "refresh_token", "refresh_token": session.refresh})
        if reply.status_code in (400, 401):
            raise SessionEnded
        if reply.status_code != 200:
            raise Unavailable("Signing in does not work at the moment.")
        given = orjson.loads(reply.content)
        return replace(
            session,
            access=given["access_token"],
            refresh=given["refresh_token"],
            expires=int(time.time()) + int(given["expires_in"]),
        )

    async def end(self, session: Session) -> None:
        """Ends the session at the API."""
        await self._post(REVOKE, {"token": session.refresh})

    async def _post(self, path: str, form: dict[str, str]) -> Reply:
        proof = {"client_assertion_type": _ASSERTION, "client_assertion": self.keys.assertion(self.issuer)}
        content = urlencode({**form, **proof}).encode()
        return await self.api.send("POST", path, self.request, _FORM, content=content, seconds=_SECONDS)

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token. It came from the server itself, which makes its signature known (OpenID Connect
        Core, 3.1.3.7, 6). Raises SignInRefused for the token of another sign-in."""
        payload = token.split(".")[1]
        claims: dict[str, Any] = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        is_ours = (claims.get("iss"), claims.get("aud")) == (self.issuer, CLIENT_ID)
        if not is_ours or claims.get("nonce") != nonce or int(claims.get("exp", 0)) < time.time():
            raise SignInRefused("The sign-in is of another browser.")
        return claims
