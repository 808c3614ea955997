"""Introspection shows a client its own tokens, others' with a grant; `me` shows the narrowing of a client."""

from typing import Any

import pytest

from tests.access.caller import Caller

READER = {"name": "Reader", "scope_kind": "country", "scope_id": "XA", "secret": True}


async def _client(caller: Caller, **more: Any) -> dict[str, Any]:
    body = READER | {"resources": ["membership.experts"], "verbs": ["read"]} | more
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def _introspect(caller: Caller, client: dict[str, Any], token: str) -> dict[str, Any]:
    auth = (client["client_id"], client["secret"])
    response = await caller.http.post("/access/v1/oauth/introspect", data={"token": token}, auth=auth)
    assert response.status_code == 200
    return dict(response.json())


async def _token(caller: Caller, client: dict[str, Any]) -> str:
    response = await caller.client_token(client["client_id"], client["secret"])
    return str(response.json()["access_token"])


async def test_a_client_introspects_its_own_tokens_only(caller: Caller) -> None:
    client, other = await _client(caller), await _client(caller)
    own, others = await _token(caller, client), await _token(caller, other)
    assert (await _introspect(caller, client, own))["client_id"] == client["client_id"]
    for token in (others, await caller.token("admin"), await caller.token("secretariat")):
        assert await _introspect(caller, client, token) == {"active": False}


@pytest.mark.parametrize(
    ("more", "is_shown"),
    [
        ({"scope_kind": "global", "scope_id": None, "resources": ["access.tokens"]}, True),
        ({"scope_kind": "global", "scope_id": None, "resources": ["access.*"]}, True),
        ({"scope_kind": "global", "scope_id": None, "resources": ["access.*"], "verbs": ["write"]}, False),
        ({"scope_kind": "global", "scope_id": None, "resources": ["access.*"], "sandbox": True}, False),
        ({"resources": ["access.tokens"]}, False),
        ({"scope_kind": "global", "scope_id": None, "resources": ["access.accounts", "membership.*"]}, False),
    ],
)
async def test_others_tokens_are_introspected_by_whom_a_grant_lets_read_them(
    caller: Caller, more: dict[str, Any], is_shown: bool
) -> None:
    shown = await _introspect(caller, await _client(caller, **more), await caller.token("officer"))
    assert shown["active"] is is_shown
    assert ("sub" in shown) is is_shown


async def test_a_client_learns_its_resources_and_verbs(caller: Caller) -> None:
    client = await _client(caller, resources=["membership.experts", "centres.*"], verbs=["read", "write"])
    headers = {"Authorization": f"Bearer {await _token(caller, client)}"}
    me = (await caller.http.get("/access/v1/me", headers=headers)).json()
    assert (me["resources"], me["verbs"]) == (["centres.*", "membership.experts"], ["read", "write"])
    assert [(held["resources"], held["verbs"]) for held in me["grants"]] == [(me["resources"], me["verbs"])]
    person = (await caller.send("officer", "GET", "/me")).json()
    assert (person["resources"], person["verbs"]) == (None, None)
