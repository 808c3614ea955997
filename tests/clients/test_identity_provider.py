"""An identity provider that others wrote signs a person in, by signed assertions, and out again."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx
import pytest

from tests.clients.tools import HERE, node
from tests.support.pooler import free_port
from tests.support.waiting import PATIENCE

_ACTION = re.compile(r'<form[^>]* action="([^"]+)"')
_HIDDEN = re.compile(r'<input[^>]* type="hidden"[^>]* name="(\w+)" value="([^"]*)"')


class _Browser:
    """Keeps the cookies of two origins, and follows redirects over both."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, address: str) -> httpx.Response:
        return self._followed(self._http.get(address))

    def fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        action = _ACTION.search(page.text)
        assert action, page.text
        form = {**dict(_HIDDEN.findall(page.text)), **fields}
        return self._followed(self._http.post(urljoin(str(page.url), unescape(action[1])), data=form))

    def _followed(self, response: httpx.Response) -> httpx.Response:
        while response.is_redirect:
            response = self._http.get(urljoin(str(response.url), response.headers["location"]))
        return response


@pytest.fixture
def browser() -> Iterator[_Browser]:
    with httpx.Client(trust_env=False, timeout=PATIENCE, headers={"Accept": "text/html"}) as http:
        yield _Browser(http)


@pytest.fixture(scope="module")
def provider(running: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The running provider, of which a module of npm is the whole: its issuer, and its code here."""
    node("tsc")
    port, code = free_port(), f"oidc-{uuid4().hex[:8]}"
    command = [shutil.which("node") or "node", "provider.mjs", str(port), running["base_url"], code]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "listening":
                break
        else:
            pytest.fail(f"the provider ended with {process.wait()}")
        yield {"issuer": f"http://127.0.0.1:{port}", "code": code}
    finally:
        process.kill()
        process.communicate()


def _connect(base: str, accounts: dict[str, Any], provider: dict[str, str]) -> None:
    """Two administrators connect the provider."""
    with httpx.Client(base_url=base, trust_env=False, timeout=PATIENCE) as http:
        tokens = {}
        for who in ("admin", "admin2"):
            form = {"grant_type": "password", **{name: accounts[who][name] for name in ("username", "password")}}
            tokens[who] = http.post("/access/v1/oauth/token", data=form).json()["access_token"]

        def send(who: str, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
            given = {"Authorization": f"Bearer {tokens[who]}", "Idempotency-Key": uuid4().hex, **headers}
            return http.request(method, path, json=json, headers=given)

        body = {**provider, "titles": {"en": "A university"}, "client_id": "escm", "accounts": "anyone"}
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


def test_a_person_signs_in_and_out_at_a_provider_of_others(
    running: dict[str, Any], provider: dict[str, str], browser: _Browser
) -> None:
    base, name = running["base_url"], f"p{uuid4().hex[:8]}"
    _connect(base, running["demo"]["accounts"], provider)
    page = browser.get(f"{base}/access/v1/federation/{provider['code']}/start")
    page = browser.fill(page, prompt="login", login=name, password="any")
    page = browser.fill(page, prompt="consent")
    assert str(page.url) == f"{base}/access/account", page.text
    assert f"Person {name}" in page.text
    assert f"{name}@example.org" in page.text
    left = browser.fill(browser.get(f"{provider['issuer']}/session/end"), logout="yes")
    assert left.status_code == 200, left.text
    assert str(browser.get(f"{base}/access/account").url) == f"{base}/access/sign-in"
