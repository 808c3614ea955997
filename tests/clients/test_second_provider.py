"""A second identity provider that others wrote: a secret in the header, its sessions, and its access tokens."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.clients.glewlwyd import AUDIENCE, SECRET, Glewlwyd, serving
from tests.clients.providers import Browser, connect
from tests.support.waiting import PATIENCE, eventually


@pytest.fixture(scope="module")
def connected(running: dict[str, Any]) -> Iterator[tuple[Glewlwyd, str]]:
    """The provider, which two administrators have connected, and its code."""
    code, base = f"glewlwyd-{uuid4().hex[:8]}", running["base_url"]
    with serving(base, code) as provider:
        fields = {"code": code, "issuer": provider.issuer, "auth": "secret", "secret": SECRET, "scopes": ["openid"]}
        tokens = {"audience": AUDIENCE}
        connect(base, running["demo"]["accounts"], {**fields, "access_tokens": tokens})
        yield provider, code


async def test_a_person_signs_in_calls_with_its_token_and_signs_out(
    running: dict[str, Any], connected: tuple[Glewlwyd, str], browser: Browser
) -> None:
    base, (provider, code) = running["base_url"], connected
    page = browser.get(f"{base}/access/v1/federation/{code}/start")
    assert str(page.url).startswith(f"{provider.base}/login.html?"), page.url
    page = provider.sign_in(browser, page, "escm")
    assert str(page.url) == f"{base}/access/account", page.text
    assert "Amina Khan" in page.text
    given = provider.tokens(browser)
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    async with httpx.AsyncClient(base_url=base, trust_env=False, headers=bearer, timeout=PATIENCE) as api:

        async def is_taken() -> bool:
            return (await api.get("/access/v1/me")).status_code == 200

        async def is_refused() -> bool:
            return (await api.get("/access/v1/me")).status_code == 401

        async def has_left() -> bool:
            return str(browser.get(f"{base}/access/account").url) == f"{base}/access/sign-in"

        await eventually(is_taken, every=1)
        assert (await api.get("/access/v1/me")).json()["principal"]["name"] == "Amina Khan"
        assert (await api.get("/membership/v1/experts")).status_code == 200
        provider.sign_out(browser, given["id_token"])
        await eventually(has_left, every=1)
        await eventually(is_refused, every=1)
