"""The API with the token of a person at the console, for what tests prepare."""

from typing import Any

import httpx

from services.portal.console.session import cookies
from services.portal.console.session.tokens import Session
from tests.support.console import ORIGIN, Browser, ConsoleSystem
from tests.support.inside import Inside


class ConsoleApi:
    """Requests of a person who is signed in at a browser."""

    def __init__(self, system: ConsoleSystem, browser: Browser) -> None:
        name = cookies.name_of(ORIGIN)
        session = Session.opened(system.app.apps["portal"].state.console_keys, name, browser.cookies[name][0])
        assert session is not None
        headers = {"Authorization": f"Bearer {session.access}"}
        self.http = httpx.AsyncClient(transport=Inside(system.app), base_url=ORIGIN, headers=headers)

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        response = await self.http.get(path, params=query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def create(self, path: str, body: Any) -> dict[str, Any]:
        response = await self.http.post(path, json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def change(self, path: str, patch: Any) -> dict[str, Any]:
        response = await self.http.patch(path, json=patch, headers=await self._precondition(path))
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def step(self, path: str, action: str, **fields: Any) -> dict[str, Any]:
        """Takes a step; `reason` is one of `fields`."""
        body = {"action": action, "fields": fields} | ({"reason": fields.pop("reason")} if "reason" in fields else {})
        response = await self.http.post(f"{path}/transitions", json=body, headers=await self._precondition(path))
        assert response.status_code in (200, 202), response.text
        return dict(response.json())

    async def _precondition(self, path: str) -> dict[str, str]:
        response = await self.http.get(path)
        assert response.status_code == 200, response.text
        return {"If-Match": response.headers["etag"]}
