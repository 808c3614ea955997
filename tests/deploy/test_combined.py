"""Five apps in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Message

from deploy.local.combined import Combined
from deploy.local.services import SERVICES
from tests.support.inside import Inside


class Apps:
    """Five apps that return their own name, and record their lifespans."""

    def __init__(self, failing: str = "") -> None:
        self.lives: list[str] = []
        self._failing = failing
        self.combined = Combined({name: self._app(name) for name in SERVICES})

    def _app(self, name: str) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[dict[str, str]]:
            if name == self._failing:
                raise ValueError("no database")
            self.lives.append(f"{name} up")
            try:
                yield {"owner": name}
            finally:
                self.lives.append(f"{name} down")

        async def who(request: Request) -> JSONResponse:
            return JSONResponse(request.state.owner)

        return Starlette(routes=[Route("/{path:path}", who)], lifespan=lifespan)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = Inside(app=self.combined)
        async with self.combined.entered(), httpx.AsyncClient(transport=transport, base_url="http://escm") as client:
            yield client


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/membership/v1/experts", "membership"),
        ("/access/v1/oauth/token", "access"),
        ("/.well-known/jwks.json", "access"),
        ("/.well-known/security.txt", "portal"),
        ("/.well-known/api-catalog", "portal"),
        ("/.well-known/did.json", "membership"),
        ("/centres", "centres"),
        ("/actionsv1", "portal"),
        ("/docs", "portal"),
        ("/", "portal"),
        ("//membership/v1", "portal"),
    ],
)
async def test_the_first_segment_of_the_path_chooses_the_app(path: str, owner: str) -> None:
    async with Apps().client() as client:
        assert (await client.get(httpx.URL(f"http://escm{path}"))).json() == owner


async def test_every_lifespan_is_entered_and_left_in_reverse() -> None:
    apps = Apps()
    async with apps.client():
        assert apps.lives == [f"{name} up" for name in SERVICES]
    assert apps.lives[len(SERVICES) :] == [f"{name} down" for name in reversed(SERVICES)]


async def test_an_app_that_cannot_start_fails_the_start_of_all() -> None:
    apps = Apps(failing="actions")
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(ValueError, match="no database"):
        await apps.combined({"type": "lifespan"}, receive, send)
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert apps.lives == ["membership up", "centres up", "centres down", "membership down"]
