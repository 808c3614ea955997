"""Requests that a client pushes before the person comes with them (RFC 9126), and the resource that tokens are for (RFC
8707)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.access.signing_in.authorizing import operations
from shared.kernel.clock import now
from tests.access.caller import TOKEN, Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.signing_in import AUTHORIZE, Site, answer_of

PAR = "/access/v1/oauth/par"
THIS_API = "http://access.test"


async def push(site: Site, **changed: str) -> httpx.Response:
    form = {**site.asked, **({"client_secret": site.secret} if site.secret else {}), **changed}
    return await site.http.post(PAR, data=form)


async def pushed(site: Site, **changed: str) -> str:
    """The address with which the person comes after the client pushed its request."""
    response = await push(site, **changed)
    assert (response.status_code, response.json()["expires_in"]) == (201, 90), response.text
    brought = {"client_id": site.client_id, "request_uri": response.json()["request_uri"]}
    return str(httpx.URL(AUTHORIZE, params=brought))


@pytest.mark.parametrize("more", [{}, {"public": False, "secret": True}], ids=["public", "confidential"])
async def test_a_person_comes_with_a_pushed_request_and_gets_a_code(caller: Caller, more: dict[str, Any]) -> None:
    """The nonce and the scope are those that were pushed: the address that the browser brings has none."""
    visitor, site = await a_visitor(caller), await a_site(caller, require_par=True, **more)
    page = await visitor.follow(await visitor.get(await pushed(site, scope="openid membership.experts:read")))
    consent = await visitor.follow(await visitor.sign_in(page))
    answer = answer_of(await visitor.fill(consent, {"decision": "allow"}))
    assert answer["state"] == site.state
    tokens = await site.exchange(answer["code"])
    assert (tokens.status_code, tokens.json()["scope"]) == (200, "membership.experts:read openid")


async def test_a_client_that_pushes_its_requests_gets_no_code_for_another(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, require_par=True)
    await visitor.come()
    assert answer_of(await visitor.get(site.address()))["error"] == "invalid_request"


async def test_whether_a_client_pushes_is_changed_like_its_addresses(caller: Caller) -> None:
    site = await a_site(caller, require_par=True)
    path = f"/clients/{site.record['id']}"
    changed = await caller.send("admin", "PATCH", path, {"require_par": False}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["require_par"]) == (200, False)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("unregistered_redirect", {"redirect_uri": "https://evil.example.org/"}),
        ("invalid_request", {"code_challenge_method": "plain"}),
        ("invalid_request", {"request_uri": "urn:ietf:params:oauth:request_uri:x"}),
        ("invalid_request", {"state": "x" * 2048}),
        ("unsupported_response_type", {"response_type": "token"}),
        ("invalid_scope", {"scope": "everything"}),
        ("invalid_target", {"resource": "https://other.example.org"}),
    ],
)
async def test_a_request_that_would_be_refused_is_not_taken(caller: Caller, code: str, changed: dict[str, str]) -> None:
    refused = await push(await a_site(caller), **changed)
    assert (refused.status_code, refused.json()["code"]) == (400, code), refused.text


async def test_a_client_proves_who_it_is_when_it_pushes(caller: Caller) -> None:
    site = await a_site(caller, public=False, secret=True)
    for form in ({"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "", "client_secret": ""}):
        refused = await push(site, **form)
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_client"), form


async def test_a_pushed_request_is_of_its_client_and_of_ninety_seconds(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, site, other = await a_visitor(caller), await a_site(caller), await a_site(caller)
    address = await pushed(site)
    for wrong in (address.replace(site.client_id, other.client_id), f"{address}x", address[:-1]):
        assert (await visitor.get(wrong)).status_code == 400
    monkeypatch.setattr(operations, "now", lambda: now() + timedelta(seconds=91))
    late = await visitor.get(address, Accept="application/json")
    assert (late.status_code, late.json()["code"]) == (400, "form_expired")


async def test_tokens_are_for_this_api_alone(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor, resource=THIS_API)
    refused = await site.exchange(code, resource="https://other.example.org")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_target")
    assert (await site.exchange(code, resource=f"{THIS_API}/")).status_code == 200
    answer = answer_of(await visitor.get(site.address(resource="https://other.example.org")))
    assert answer["error"] == "invalid_target"
    form = {"grant_type": "refresh_token", "refresh_token": "x", "resource": "urn:other"}
    assert (await caller.http.post(TOKEN, data=form)).json()["code"] == "invalid_target"
