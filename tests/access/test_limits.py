"""How access shows limits, and what it rejects in an address."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.access.caller import TOKEN, Caller
from tests.support.inside import Inside


async def test_a_token_comes_with_what_is_left_of_its_clients_limit(caller: Caller) -> None:
    client = caller.demo["clients"]["government_xb"]
    responses = [await caller.client_token(client["id"], client["secret"]) for _ in range(2)]
    assert {response.headers["ratelimit-policy"] for response in responses} == {'"token";q=600;w=60'}
    first, second = (int(response.headers["ratelimit"].split(";")[1].removeprefix("r=")) for response in responses)
    assert first - second == 1


async def test_who_introspects_or_revokes_is_counted_by_address(caller: Caller) -> None:
    client = caller.demo["clients"]["auditor"]
    for path in ("introspect", "revoke"):
        response = await caller.http.post(
            f"/access/v1/oauth/{path}", data={"token": "x"}, auth=(client["id"], client["secret"])
        )
        assert response.status_code == 200
        assert response.headers["ratelimit"].startswith('"address";r=')


async def test_who_one_is_counts_as_a_request(caller: Caller) -> None:
    for name, policy in (("admin", "account"), ("secretariat", "client")):
        response = await caller.send(name, "GET", "/me")
        assert response.headers["ratelimit"].startswith(f'"{policy}";r=')
    assert (await caller.send("admin", "GET", "/me?access_token=x")).json()["code"] == "key_in_address"


async def test_too_many_failures_of_one_address_are_refused_with_the_limit(app: Any, caller: Caller) -> None:
    transport = Inside(app, client=("2001:db8:77::1", 1))
    token_service = app.state.token_service
    app.state.token_service = replace(
        token_service, settings=token_service.settings.model_copy(update={"failed_authentications": 3})
    )
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://access.test") as client:
            form = {"grant_type": "client_credentials"}
            responses = [await client.post(TOKEN, data=form, auth=("demo-auditor", "wrong")) for _ in range(4)]
    finally:
        app.state.token_service = token_service
    assert [response.status_code for response in responses] == [401, 401, 401, 429]
    assert responses[-1].headers["ratelimit-policy"] == '"failed";q=3;w=60'
    assert responses[-1].headers["ratelimit"] == f'"failed";r=0;t={responses[-1].headers["retry-after"]}'


@pytest.mark.parametrize("name", ["client_secret", "client_assertion", "password", "token", "access_token"])
@pytest.mark.parametrize("path", ["token", "revoke", "introspect"])
async def test_secrets_in_the_address_of_a_token_endpoint_are_refused(caller: Caller, path: str, name: str) -> None:
    response = await caller.http.post(f"/access/v1/oauth/{path}?{name}=canary-7731", data={"token": "x"})
    expected = "key_in_address" if name == "access_token" else "unknown_parameter"
    assert (response.status_code, response.json()["code"]) == (400, expected)
    assert response.json()["error"] == "invalid_request"
    assert "canary" not in response.text


def test_the_contract_names_the_fields_of_limits(app: Any) -> None:
    assert {"RateLimit", "RateLimit-Policy"} <= app.openapi()["x-common-headers"].keys()
