"""Who calls the console, and the API with their token."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request

from services.portal.console.session.tokens import Session, SessionEnded, TokenClient
from services.portal.reading.recent import Recent
from shared.kernel.errors import ErrorCategory, EscmError
from shared.reading.api import Content, Reply
from shared.web.contract.catalogue import STATUS

_WRITING_SECONDS = 60.0
_KNOWN_FOR = 30.0
"""Seconds for which the grants of a person are used without asking again, as everywhere."""
_MOST_KNOWN = 2_000
_AT_ONCE = 6
"""Calls of one page that are under way at once."""
_STEP_UP = "insufficient_user_authentication"
_KINDS = {status: kind for kind, status in STATUS.items()}


class SignInNeeded(EscmError):
    """Nobody is signed in at this browser, or the session is over."""

    kind, code = ErrorCategory.UNAUTHENTICATED, "unauthenticated"


class StepUpNeeded(SignInNeeded):
    """The API wants a younger or surer sign-in for this (RFC 9470)."""

    code = _STEP_UP

    def __init__(self, acr_values: str, max_age: int) -> None:
        super().__init__("Sign in again for this.")
        self.acr_values, self.max_age = acr_values, max_age


class ApiRefused(EscmError):
    """The API refused: `problem` is its problem document, in the reader's language."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail", "")), code=str(problem.get("code", "internal_error")))
        self.kind = _KINDS.get(status, ErrorCategory.UNAVAILABLE)
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a scope. `scope_kind` is such as `global`, `country` or `centre`."""

    role: str
    scope_kind: str
    scope_id: str | None


@dataclass(frozen=True, slots=True)
class ConsolePrincipal:
    """Who signed in, with their grants."""

    account: str
    name: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> frozenset[str]:
        """The roles, whatever they are over."""
        return frozenset(each.role for each in self.grants)

    def countries(self, *roles: str) -> list[str]:
        """The countries over which the person has one of these roles, or any."""
        found = {g.scope_id for g in self.grants if g.scope_kind == "country" and (not roles or g.role in roles)}
        return sorted(code for code in found if code)


class KnownPrincipals:
    """Who the people of the last sessions are, for half a minute each. One per process."""

    def __init__(self) -> None:
        self._known: Recent[tuple[float, ConsolePrincipal]] = Recent(_MOST_KNOWN, _MOST_KNOWN)

    def get(self, token: str) -> ConsolePrincipal | None:
        at, found = self._known.get(token) or (0.0, None)
        return found if time.monotonic() - at < _KNOWN_FOR else None

    def put(self, token: str, principal: ConsolePrincipal) -> None:
        self._known.put(token, (time.monotonic(), principal), 1)


class Caller:
    """Who calls, in one request. `session` is another one when a token was renewed, which the route then stores."""

    def __init__(self, request: Request, client: TokenClient, session: Session) -> None:
        self.request = request
        self._begun = session
        self.session = session
        self.has_left = False
        """Whether the person signed out."""
        self.principal = ConsolePrincipal(session.account, "", ())
        self.form_key = ""
        """The key of the form, which makes the first write of a form that is sent twice one write."""
        self.is_resumed = False
        """Whether the form was kept while the person signed in."""
        self._client = client
        self._writes = 0
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @property
    def language(self) -> str:
        """The language of the pages of this session."""
        return self.session.language

    @property
    def is_renewed(self) -> bool:
        """Whether the session is another one than that of the cookie."""
        return self.session != self._begun and not self.has_left

    @property
    def form_token(self) -> str:
        """The token of the forms of this session."""
        return self._client.keys.form_token(self.session.id)

    async def identify(self) -> None:
        """Learns who the caller is. Raises SignInNeeded."""
        known: KnownPrincipals = self.request.app.state.known_principals
        found = known.get(self.session.access)
        if found is None:
            me = await self.read("/access/v1/me")
            grants = tuple(Grant(g["role"], g["scope_kind"], g["scope_id"]) for g in me["grants"])
            found = ConsolePrincipal(self.session.account, str(me["principal"]["name"]), grants)
            known.put(self.session.access, found)
        self.principal = found

    async def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Reply:
        """The response to a read, whatever its status. Raises SignInNeeded, StepUpNeeded, and Unavailable if a service
        does not respond."""
        return await self._sent("GET", path, query, headers, None, None)

    async def read(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The document at an address. Raises ApiRefused for any failure, and what `get` raises."""
        return accepted(await self.get(path, query)).document

    async def items(self, path: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """The items of a page of a list; none where the caller may not read the list."""
        reply = await self.get(path, query)
        return [] if reply.status_code in (403, 404) else list(accepted(reply).document["items"])

    async def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        content: Content | None = None,
        seconds: float = _WRITING_SECONDS,
    ) -> Reply:
        """The response to a write, whatever its status: of JSON, or of `content` with its own `Content-Type`. Raises as
        `get` does."""
        given = dict(headers or {})
        if json is not None:
            given.setdefault(
                "Content-Type", "application/merge-patch+json" if method == "PATCH" else "application/json"
            )
            content = orjson.dumps(json)
        if method == "POST" and self.form_key:
            self._writes += 1
            given.setdefault("Idempotency-Key", f"{self.form_key}-{self._writes}")
        return await self._sent(method, path, None, given, content, seconds)

    async def _sent(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
        content: Content | None,
        seconds: float | None,
    ) -> Reply:
        async def send() -> Reply:
            given = {
                "Authorization": f"Bearer {self.session.access}",
                "Accept": "application/json, application/problem+json",
                "Accept-Language": self.language,
                **headers,
            }
            api, request = self._client.api, self.request
            async with self._slots:
                return await api.send(method, path, request, given, query=query, content=content, seconds=seconds)

        reply = await send()
        if reply.status_code == 401 and "insufficient" not in reply.headers.get("www-authenticate", ""):
            await self.renew()
            if content is None or isinstance(content, bytes):
                reply = await send()
        if reply.status_code != 401:
            return reply
        problem = reply.document
        if problem.get("code") == _STEP_UP:
            raise StepUpNeeded(str(problem["acr_values"]), int(problem["max_age"]))
        raise SignInNeeded("Your session is over: sign in again.")

    async def renew(self) -> None:
        """Gets another access token. Raises SignInNeeded if the session is over."""
        try:
            self.session = await self._client.renewed(self.session)
        except SessionEnded:
            raise SignInNeeded("Your session is over: sign in again.") from None


def accepted(reply: Reply) -> Reply:
    """The response, if the API did what was asked. Raises ApiRefused."""
    if reply.status_code < 400:
        return reply
    raise ApiRefused(reply.status_code, reply.document)
