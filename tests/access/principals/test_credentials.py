"""Promise 47: setting the credentials of a client needs authority over all that the client holds."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey

from services.access.administration import enter_grant, setting_up
from tests.access.caller import Caller

READER = {"name": "Reader", "resources": ["membership.*"], "verbs": ["read"]}
ALL = ["membership.*", "centres.*", "actions.*", "access.*"]


class Machine:
    """A client with its own function for calls."""

    def __init__(self, caller: Caller, made: dict[str, Any]) -> None:
        self.caller, self.made, self.id = caller, made, str(made["id"])
        self._token = ""

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        if not self._token:
            response = await self.caller.client_token(self.made["client_id"], self.made["secret"])
            self._token = response.json()["access_token"]
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid4().hex, **headers}
        return await self.caller.http.request(method, f"/access/v1{path}", json=json, headers=headers)


async def _client(caller: Caller, url: str, *roles: str, country: str | None = None, **more: Any) -> Machine:
    """A client over one country or everywhere, with further roles over the same."""
    kind = "country" if country else "global"
    body = {**READER, "scope_kind": kind, "scope_id": country, **more}
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    async with setting_up(url) as uow:
        for role in roles:
            await enter_grant(uow, "client", made.json()["id"], role, kind, country)
    return Machine(caller, made.json())


async def _operator(caller: Caller, url: str) -> Machine:
    return await _client(caller, url, "platform_operator", resources=ALL, verbs=["read", "write"])


KEYS = {"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "kid": "k1"}]}
WAYS = ("secret", "keys", "networks", "api key")


async def _set(actor: Machine, client: str, way: str) -> httpx.Response:
    if way == "secret":
        return await actor.send("POST", f"/clients/{client}/secrets")
    if way == "api key":
        body = {"name": "Key", "owner": {"kind": "client", "id": client}, "resources": ["membership.*"]}
        return await actor.send("POST", "/api_keys", body | {"verbs": ["read"]})
    change = (
        {"jwks": {"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "kid": "k1"}]}}
        if way == "keys"
        else {"ip_allow": ["192.0.2.0/24"]}
    )
    tag = (await actor.caller.send("admin", "GET", f"/clients/{client}")).headers["etag"]
    return await actor.send("PATCH", f"/clients/{client}", change, **{"If-Match": tag})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ("operator", "role_not_yours_to_hand_on"),
        ("narrowed", "role_not_yours_to_hand_on"),
        ("sandbox", "role_not_yours_to_hand_on"),
        ("itself", "own_grant"),
    ],
)
async def test_credentials_of_a_client_are_set_by_who_may_grant_all_that_it_holds(
    caller: Caller, database_url: str, actor: str, reason: str, way: str
) -> None:
    """A sandbox client does not see a client outside fictional countries."""
    whole: dict[str, Any] = {"resources": ALL, "verbs": ["read", "write"]}
    held = await _client(caller, database_url, "secretariat_admin", **whole)
    if actor == "operator":
        who = await _operator(caller, database_url)
    elif actor == "narrowed":
        who = await _client(caller, database_url, "secretariat_admin", **whole | {"resources": ["access.*"]})
    elif actor == "sandbox":
        held = await _client(caller, database_url, "national_author", country="XA")
        who = await _client(caller, database_url, "secretariat_admin", **whole, sandbox=True)
    else:
        who = held
    response = await _set(who, held.id, way)
    if (actor, way) in (("operator", "api key"), ("sandbox", "api key")):
        assert (response.status_code, response.json()["code"]) in ((403, "forbidden"), (403, "country_forbidden"))
        return
    if (actor, way) == ("itself", "api key"):
        assert response.status_code == 201, "a key is a part of what its owner holds already"
        return
    assert (response.status_code, response.json().get("reason")) == (403, reason), response.text


@pytest.mark.parametrize("way", WAYS)
async def test_the_secretariat_sets_credentials_of_a_client_within_its_authority(
    caller: Caller, database_url: str, way: str
) -> None:
    held = await _client(caller, database_url, "national_author", country="XA")
    admin = await _client(caller, database_url, "secretariat_admin", resources=ALL, verbs=["read", "write"])
    response = await _set(admin, held.id, way)
    assert response.status_code in (200, 201), response.text


async def test_a_proposed_grant_of_a_client_counts_like_a_living_one(caller: Caller, database_url: str) -> None:
    held = await _client(caller, database_url, country="XA")
    grant = {"principal": {"kind": "client", "id": held.id}, "role": "national_publisher"}
    scope = {"scope_kind": "country", "scope_id": "XA"}
    assert (await caller.send("admin", "POST", "/grants", grant | scope)).json()["status"] == "proposed"
    operator = await _operator(caller, database_url)
    response = await _set(operator, held.id, "secret")
    assert (response.status_code, response.json()["reason"]) == (403, "role_not_yours_to_hand_on")


async def test_an_operator_renames_and_revokes_a_client(caller: Caller, database_url: str) -> None:
    held = await _client(caller, database_url, "secretariat_admin", resources=ALL, verbs=["read", "write"])
    operator = await _operator(caller, database_url)
    path = f"/clients/{held.id}"
    renamed = await operator.send("PATCH", path, {"name": "Other"}, **{"If-Match": '"1"'})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Other")
    tag = renamed.headers["etag"]
    over = await operator.send("POST", f"{path}/transitions", {"action": "revoke"}, **{"If-Match": tag})
    assert (over.status_code, over.json()["status"]) == (200, "revoked")


async def test_a_client_does_not_confirm_its_own_grant(caller: Caller, database_url: str) -> None:
    admin = await _client(caller, database_url, "secretariat_admin", resources=ALL, verbs=["read", "write"])
    body = {"principal": {"kind": "client", "id": admin.id}, "role": "national_publisher"}
    made = await caller.send("admin", "POST", "/grants", body | {"scope_kind": "country", "scope_id": "XA"})
    step = {"action": "confirm", "fields": {"second_person": caller.account("admin2")}}
    path = f"/grants/{made.json()['id']}/transitions"
    response = await admin.send("POST", path, step, **{"If-Match": made.headers["etag"]})
    assert (response.status_code, response.json()["reason"]) == (409, "own_grant")
