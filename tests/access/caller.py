"""Calls access as one of the demo accounts or clients."""

import time
from typing import Any
from uuid import uuid4

import httpx

from tests.support.callers import every_item
from tests.support.passwords import choose_password

TOKEN = "/access/v1/oauth/token"


class Caller:
    """Gets tokens and sends requests. A name is that of a demo account or client."""

    def __init__(self, http: httpx.AsyncClient, demo: dict[str, Any], database_url: str = "") -> None:
        self.http = http
        self.demo = demo
        self._database_url = database_url
        self.clients: dict[str, dict[str, str]] = {**demo["clients"]}
        self.accounts: dict[str, dict[str, str]] = {**demo["accounts"]}
        self._tokens: dict[str, tuple[str, float]] = {}

    async def log_in(self, username: str, password: str) -> httpx.Response:
        form = {"grant_type": "password", "username": username, "password": password}
        return await self.http.post(TOKEN, data=form)

    async def client_token(self, client_id: str, secret: str) -> httpx.Response:
        return await self.http.post(TOKEN, data={"grant_type": "client_credentials"}, auth=(client_id, secret))

    async def token(self, name: str) -> str:
        """An access token of a demo client or account, renewed before it expires."""
        if name not in self._tokens or time.monotonic() > self._tokens[name][1]:
            if name in self.clients:
                client = self.clients[name]
                response = await self.client_token(client["id"], client["secret"])
            else:
                account = self.accounts[name]
                response = await self.log_in(account["username"], account["password"])
            assert response.status_code == 200, response.text
            self._tokens[name] = response.json()["access_token"], time.monotonic() + response.json()["expires_in"] / 2
        return self._tokens[name][0]

    async def send(self, name: str, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.token(name)}", **headers}
        if method == "POST":
            headers.setdefault("Idempotency-Key", uuid4().hex)
        return await self.http.request(method, f"/access/v1{path}", json=json, headers=headers)

    async def everything(self, name: str, path: str) -> list[dict[str, Any]]:
        """The items of all pages of a list."""
        return await every_item(lambda page: self.send(name, "GET", page.removeprefix("/access/v1")), path)

    async def enter_person(self, email: str, password: str, name: str = "New Person") -> httpx.Response:
        """A new account with a password."""
        made = await self.send("admin", "POST", "/accounts", {"email": email, "name": name})
        assert made.status_code == 201, made.text
        await choose_password(self._database_url, email, password)
        return made

    async def step(self, name: str, link: str, action: str, **body: Any) -> httpx.Response:
        """Reads the record and requests a transition with its ETag."""
        path = link.removeprefix("/access/v1")
        tag = (await self.send(name, "GET", path)).headers.get("etag", '"1"')
        return await self.send(name, "POST", f"{path}/transitions", {"action": action, **body}, **{"If-Match": tag})

    def account(self, name: str) -> str:
        return str(self.demo["accounts"][name]["account_id"])
