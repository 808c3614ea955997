"""Callers for tests over HTTP: principals by name, and an app whose authenticator knows them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
from fastapi import FastAPI

from shared.auth.keys import Claims, InvalidToken
from shared.auth.tokens import Bearer
from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Grant, Principal, PrincipalKind
from tests.support.inside import Inside

_SPACE = UUID("6f2b3c1e-0000-4000-8000-000000000000")
_SINCE = date(2020, 1, 1)
_LATER = 4_000_000_000


def grant(role: str, scope_kind: str, scope_id: str | None = None, **narrowed: Any) -> Grant:
    """A grant from 2020 without an end."""
    return Grant(role, scope_kind, scope_id, _SINCE, None, **narrowed)


def person(name: str, *grants: Grant) -> Principal:
    """An account; its id follows from its name."""
    return Principal(PrincipalKind.ACCOUNT, uuid5(_SPACE, name), name, grants)


def machine(name: str, *grants: Grant) -> Principal:
    """An API client; its id follows from its name."""
    return Principal(PrincipalKind.CLIENT, uuid5(_SPACE, name), name, grants)


CALLERS: Mapping[str, Principal] = {
    caller.name: caller
    for caller in (
        person("admin", grant("secretariat_admin", "global")),
        person("admin2", grant("secretariat_admin", "global")),
        person("officer", grant("secretariat_officer", "country", "XA"), grant("secretariat_officer", "country", "XB")),
        person("both_xa", grant("secretariat_officer", "global"), grant("national_author", "country", "XA")),
        person("auditor", grant("auditor", "global")),
        person("operator", grant("platform_operator", "global")),
        person("author_xa", grant("national_author", "country", "XA")),
        person("author_xb", grant("national_author", "country", "XB")),
        person("focal_xa", grant("government_focal_point", "country", "XA")),
        person("applicant"),
        machine("secretariat", grant("secretariat_admin", "global")),
        machine(
            "government_xa",
            *(grant(r, "country", "XA") for r in ("government_focal_point", "national_author", "national_publisher")),
        ),
        machine(
            "government_xb",
            *(grant(r, "country", "XB") for r in ("government_focal_point", "national_author", "national_publisher")),
        ),
        machine(
            "reader_xa",
            grant(
                "api_client",
                "country",
                "XA",
                resources=frozenset({"membership.experts"}),
                verbs=frozenset({"read"}),
            ),
        ),
    )
}


class KnownCallers:
    """An authenticator for which the bearer token is the caller's name."""

    async def principal(self, authorization: str) -> Principal:
        """Raises Unauthenticated for an unknown name."""
        found = CALLERS.get(authorization.removeprefix("Bearer "))
        if found is None:
            raise Unauthenticated(code="invalid_token", headers={"WWW-Authenticate": "Bearer"})
        return found

    async def principal_of_kind(self, kind: PrincipalKind, identity: UUID) -> Principal:
        """Raises InvalidToken for an unknown id."""
        found = next((one for one in CALLERS.values() if (one.kind, one.id) == (kind, identity)), None)
        if found is None:
            raise InvalidToken
        return found

    async def claims(self, authorization: str) -> Claims:
        """The claims of the caller's token."""
        found = await self.principal(authorization)
        return Claims(found.kind, found.id or _SPACE, found.name, found.name, "", 0, _LATER, "")

    async def bearer(self, authorization: str) -> Bearer:
        """The caller, with a token without a session."""
        found = await self.principal(authorization)
        return Bearer(found, await self.claims(authorization), _LATER, _LATER)


async def every_item(get: Callable[[str], Awaitable[httpx.Response]], path: str) -> list[dict[str, Any]]:
    """The items of all pages of a list."""
    items: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        page = (await get(following)).json()
        items, following = items + page["items"], page["next"]
    return items


class Caller:
    """A caller of the API: sets the bearer header, idempotency keys for machines, and If-Match if it is given."""

    def __init__(self, client: httpx.AsyncClient, name: str | None) -> None:
        self._client = client
        self._name = name

    @property
    def name(self) -> str:
        """The caller's name; empty for an anonymous caller."""
        return self._name or ""

    @property
    def http(self) -> httpx.AsyncClient:
        """What sends the requests."""
        return self._client

    def known_as(self, name: str) -> "Caller":
        """Another caller of the same app."""
        return Caller(self._client, name)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("GET", path, **more)

    async def everything(self, path: str) -> list[dict[str, Any]]:
        """The items of all pages of a list."""
        return await every_item(self.get, path)

    async def post(self, path: str, json: Any = None, *, etag: str | None = None, **more: Any) -> httpx.Response:
        return await self.request("POST", path, json=json, etag=etag, **more)

    async def patch(self, path: str, json: Any, *, etag: str | None = None, **more: Any) -> httpx.Response:
        return await self.request("PATCH", path, json=json, etag=etag, **more)

    async def change(self, path: str, **values: Any) -> httpx.Response:
        """Patches with the record's present ETag."""
        return await self.patch(path, values, etag=(await self.get(path)).headers.get("etag"))

    async def step(self, path: str, action: str, **body: Any) -> httpx.Response:
        """Requests a transition with the record's present ETag."""
        etag = (await self.get(path)).headers.get("etag")
        return await self.post(f"{path}/transitions", {"action": action, **body}, etag=etag)

    async def request(self, method: str, path: str, *, etag: str | None = None, **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if self._name is not None:
            headers["Authorization"] = f"Bearer {self._name}"
            if method == "POST" and CALLERS[self._name].is_machine:
                headers.setdefault("Idempotency-Key", str(uuid4()))
        if etag is not None:
            headers["If-Match"] = etag
        return await self._client.request(method, path, headers=headers, **more)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The app's HTTP client while its lifespan runs, with `KnownCallers` as authenticator."""
    async with app.router.lifespan_context(app):
        app.state.authenticator = KnownCallers()
        async with httpx.AsyncClient(transport=Inside(app), base_url="http://test") as client:
            yield client
