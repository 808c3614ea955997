"""Identity providers of others as real processes: their pages in one browser with ours, and how they are connected."""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from tests.support.waiting import PATIENCE

_ACTION = re.compile(r'<form[^>]* action="([^"]+)"')
_HIDDEN = re.compile(r'<input[^>]* type="hidden"[^>]* name="(\w+)" value="([^"]*)"')


class Browser:
    """Keeps the cookies of two origins, and follows redirects over both."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, address: str) -> httpx.Response:
        return self._followed(self.http.get(address))

    def fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        action = _ACTION.search(page.text)
        assert action, page.text
        form = {**dict(_HIDDEN.findall(page.text)), **fields}
        return self._followed(self.http.post(urljoin(str(page.url), unescape(action[1])), data=form))

    def _followed(self, response: httpx.Response) -> httpx.Response:
        while response.is_redirect:
            response = self.http.get(urljoin(str(response.url), response.headers["location"]))
        return response


def connect(base: str, accounts: dict[str, Any], provider: dict[str, Any]) -> None:
    """Two administrators connect the provider."""
    with httpx.Client(base_url=base, trust_env=False, timeout=PATIENCE) as http:
        tokens = {}
        for who in ("admin", "admin2"):
            form = {"grant_type": "password", **{name: accounts[who][name] for name in ("username", "password")}}
            tokens[who] = http.post("/access/v1/oauth/token", data=form).json()["access_token"]

        def send(who: str, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
            given = {"Authorization": f"Bearer {tokens[who]}", "Idempotency-Key": uuid4().hex, **headers}
            return http.request(method, path, json=json, headers=given)

        body = {"titles": {"en": "A university"}, "client_id": "escm", "accounts": "anyone", **provider}
        made = send("admin", "POST", "/access/v1/identity_providers", body)
        assert made.status_code == 201, made.text
        link = made.json()["links"]["self"]

        def step(action: str) -> httpx.Response:
            tag = send("admin", "GET", link).headers["etag"]
            return send("admin", "POST", f"{link}/transitions", {"action": action}, **{"If-Match": tag})

        tested = step("test")
        assert tested.status_code == 200, tested.text
        place = step("activate").json()["links"]["self"]
        assert send("admin2", "POST", place, {"decision": "confirm"}).status_code == 200
