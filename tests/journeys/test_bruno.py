"""Requests of the collection for Bruno do what their task says, on a running system."""

import re
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from deploy.cli.collection import COLLECTION

_BLOCK = re.compile(r"^([\w:-]+) \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\{\{\$?(\w+)\}\}")


class Bruno:
    """Sends the requests of a folder, as far as the tests need it, and remembers what their scripts do."""

    def __init__(self, running: dict[str, Any]) -> None:
        admin = running["demo"]["accounts"]["admin"]
        self.values = {"base": running["base_url"], "username": admin["username"], "password": admin["password"]}
        self._http = httpx.Client(timeout=60, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def run(self, folder: str) -> list[httpx.Response]:
        """The responses of a folder's requests in their order."""
        files = sorted(path for path in (COLLECTION / folder).glob("*.bru") if path.name != "folder.bru")
        return [self._send(file.read_text()) for file in files]

    def step(self, record: str, action: str, reason: str) -> httpx.Response:
        """Takes a transition of a record that a request has made, as it is now."""
        headers = {"Authorization": f"Bearer {self.values['token']}", "Idempotency-Key": uuid4().hex}
        address = f"{self.values['base']}{record}"
        headers["If-Match"] = self._http.get(address, headers=headers).headers["etag"]
        return self._http.post(f"{address}/transitions", json={"action": action, "reason": reason}, headers=headers)

    def _send(self, text: str) -> httpx.Response:
        blocks = {name: self._filled(body) for name, body in _BLOCK.findall(text)}
        (method,) = blocks.keys() & {"get", "post", "patch", "put", "delete"}
        request, headers = _pairs(blocks[method]), _pairs(blocks.get("headers", ""))
        if request["auth"] == "inherit" and "token" in self.values:
            headers["Authorization"] = f"Bearer {self.values['token']}"
        more: dict[str, Any] = {}
        if "body:json" in blocks:
            more["json"] = orjson.loads(blocks["body:json"])
        elif "body:form-urlencoded" in blocks:
            more["data"] = _pairs(blocks["body:form-urlencoded"])
        response = self._http.request(method.upper(), request["url"], headers=headers, **more)
        self._remember(blocks.get("script:post-response", ""), response)
        return response

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: self.values.get(found[1], uuid4().hex), text)

    def _remember(self, script: str, response: httpx.Response) -> None:
        body = response.json() if response.content else {}
        if "res.body.access_token" in script:
            self.values["token"] = body["access_token"]
        if "res.body.items" in script and body.get("items"):
            self.values["record"] = body["items"][0].get("id", "")
        if "res.headers.etag" in script and "etag" in response.headers:
            self.values["etag"] = response.headers["etag"]
        if "if (res.body.id)" in script and "id" in body:
            self.values["record"] = body["id"]


def _pairs(text: str) -> dict[str, str]:
    lines = (line.strip().partition(": ") for line in text.splitlines() if not line.strip().startswith("~"))
    return {name: value for name, _, value in lines}


@pytest.fixture
def bruno(running: dict[str, Any]) -> Any:
    found = Bruno(running)
    assert [one.status_code for one in found.run("sign-in")] == [200, 200, 200]
    yield found
    found.close()


@pytest.mark.parametrize("folder", ["find-an-expert", "follow-what-happens"])
def test_requests_that_read_are_answered(bruno: Bruno, folder: str) -> None:
    assert {one.status_code for one in bruno.run(folder)} == {200}


def test_an_institution_is_verified(bruno: Bruno) -> None:
    _, made, verified = bruno.run("verify-an-institution")
    assert made.status_code == 201, made.text
    assert (verified.status_code, verified.json()["status"]) == (200, "verified"), verified.text


def test_a_programme_is_planned(bruno: Bruno) -> None:
    """It is discontinued then, since a country has one at a time."""
    made = bruno.run("plan-a-programme")[0]
    assert made.status_code == 201, made.text
    ended = bruno.step(made.json()["links"]["self"], "discontinue", "Planned as a trial")
    assert ended.status_code == 200, ended.text
