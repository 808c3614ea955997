"""Promise 48: a credential of a client with a role of two is valid after another administrator confirms it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey

from services.access.administration import enter_grant, setting_up
from services.access.principals.clients.domain import widens
from services.access.principals.clients.record import Client
from shared.records.rows import records_of
from tests.access.caller import Caller

EVERYTHING = ["membership.*", "centres.*", "actions.*", "access.*"]
HOME, ELSEWHERE = "127.0.0.0/8", "192.0.2.0/24"


def _keys(count: int = 1) -> dict[str, Any]:
    return {"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "kid": f"k{n}"} for n in range(count)]}


async def _client(caller: Caller, url: str, *roles: str, **more: Any) -> dict[str, Any]:
    """A client over everything with these roles, from the response to its creation."""
    body = {"name": "LeasedWork", "scope_kind": "global", "resources": EVERYTHING, "verbs": ["read", "write"]}
    made = await caller.send("admin", "POST", "/clients", body | more)
    assert made.status_code == 201, made.text
    async with setting_up(url) as uow:
        for role in roles:
            await enter_grant(uow, "client", made.json()["id"], role, "global", None)
    return dict(made.json())


@pytest.fixture
async def held(caller: Caller, database_url: str) -> dict[str, Any]:
    """A client with secretariat_admin, from this machine only."""
    return await _client(caller, database_url, "secretariat_admin", ip_allow=[HOME])


async def _patch(caller: Caller, client: str, change: dict[str, Any]) -> httpx.Response:
    tag = (await caller.send("admin", "GET", f"/clients/{client}")).headers["etag"]
    return await caller.send("admin", "PATCH", f"/clients/{client}", change, **{"If-Match": tag})


async def _decide(caller: Caller, who: str, pending: dict[str, Any], decision: str = "confirm") -> httpx.Response:
    path = pending["links"]["self"].removeprefix("/access/v1")
    return await caller.send(who, "POST", path, {"decision": decision})


async def _signs_in(caller: Caller, client: dict[str, Any], secret: str) -> bool:
    return (await caller.client_token(client["client_id"], secret)).status_code == 200


async def test_a_secret_works_once_another_administrator_has_confirmed_it(caller: Caller, held: dict[str, Any]) -> None:
    path, replay = f"/clients/{held['id']}", {"Idempotency-Key": uuid4().hex}
    proposed = await caller.send("admin", "POST", f"{path}/secrets", **replay)
    assert (proposed.status_code, proposed.headers["cache-control"]) == (202, "no-store"), proposed.text
    pending = proposed.json()
    assert (pending["action"], pending["fields"]) == ("confirm_secret", {})
    again = await caller.send("admin", "POST", f"{path}/secrets", **replay)
    assert (again.status_code, again.json()) == (202, pending | {"secret": None}), "a secret is shown once"
    seen = (await caller.send("admin", "GET", path)).json()
    assert (seen["proposed_secret"], seen["living_secrets"]) == (True, 1)
    assert not await _signs_in(caller, held, pending["secret"])
    own = await _decide(caller, "admin", pending)
    assert (own.status_code, own.json()["reason"]) == (403, "second_person_is_the_first")
    for who in ("admin", "admin2"):
        listed = (await caller.send(who, "GET", "/clients?holder=me&limit=200")).json()["items"]
        assert held["id"] in [one["id"] for one in listed]
    done = await _decide(caller, "admin2", pending)
    assert (done.status_code, done.json()["proposed_secret"], done.json()["living_secrets"]) == (200, False, 2)
    assert await _signs_in(caller, held, pending["secret"])
    assert await _signs_in(caller, held, held["secret"]), "users can change over"
    history = (await caller.send("admin", "GET", f"{path}/history")).json()["items"]
    assert [line["action"] for line in history][:4] == [
        "confirm_secret", "transition_confirmed", "transition_proposed", "propose_secret",
    ]  # fmt: skip


async def test_neither_of_the_two_is_the_second_person_of_that_client(caller: Caller, held: dict[str, Any]) -> None:
    pending = (await caller.send("admin", "POST", f"/clients/{held['id']}/secrets")).json()
    assert (await _decide(caller, "admin2", pending)).status_code == 200
    token = (await caller.client_token(held["client_id"], pending["secret"])).json()["access_token"]
    body = {"email": f"{uuid4().hex}@example.org", "name": "Another"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    account = (await caller.http.post("/access/v1/accounts", json=body, headers=headers)).json()
    grant = {"principal": {"kind": "account", "id": account["id"]}, "role": "secretariat_admin"}
    scope = {"scope_kind": "global", "scope_id": None}
    headers["Idempotency-Key"] = uuid4().hex
    made = await caller.http.post("/access/v1/grants", json=grant | scope, headers=headers)
    assert made.json()["status"] == "proposed", made.text
    for who in ("admin", "admin2"):
        refused = await caller.step(who, made.json()["links"]["self"], "confirm")
        assert (refused.status_code, refused.json()["reason"]) == (409, "credentials_set_recently")


async def test_a_later_secret_takes_the_place_of_one_that_waits(caller: Caller, held: dict[str, Any]) -> None:
    first, second = [(await caller.send("admin", "POST", f"/clients/{held['id']}/secrets")).json() for _ in range(2)]
    late = await _decide(caller, "admin2", first)
    assert late.status_code == 410, late.text
    assert (await _decide(caller, "admin2", second)).status_code == 200
    assert not await _signs_in(caller, held, first["secret"])
    assert await _signs_in(caller, held, second["secret"])


async def test_a_secret_that_was_declined_never_works_by_itself(caller: Caller, held: dict[str, Any]) -> None:
    path = f"/clients/{held['id']}"
    pending = (await caller.send("admin", "POST", f"{path}/secrets")).json()
    assert (await _decide(caller, "admin2", pending, "decline")).json()["status"] == "declined"
    assert not await _signs_in(caller, held, pending["secret"])
    anew = await caller.step("admin", path, "confirm_secret")
    assert (anew.status_code, anew.json()["action"]) == (202, "confirm_secret"), "a step alone does not add it"
    assert not await _signs_in(caller, held, pending["secret"])


async def test_a_client_without_such_a_role_gets_its_secret_at_once(caller: Caller, database_url: str) -> None:
    plain = await _client(caller, database_url, "auditor")
    path = f"/clients/{plain['id']}"
    made = await caller.send("admin", "POST", f"{path}/secrets")
    assert made.status_code == 201, made.text
    assert await _signs_in(caller, plain, made.json()["secret"])


async def test_a_role_that_is_only_proposed_counts(caller: Caller, database_url: str) -> None:
    plain = await _client(caller, database_url)
    grant = {"principal": {"kind": "client", "id": plain["id"]}, "role": "national_publisher"}
    scope = {"scope_kind": "country", "scope_id": "XA"}
    assert (await caller.send("admin", "POST", "/grants", grant | scope)).json()["status"] == "proposed"
    assert (await caller.send("admin", "POST", f"/clients/{plain['id']}/secrets")).status_code == 202


@pytest.mark.parametrize("change", [{"jwks": _keys()}, {"ip_allow": [HOME, ELSEWHERE]}, {"ip_allow": []}])
async def test_wider_networks_and_new_keys_wait(caller: Caller, held: dict[str, Any], change: dict[str, Any]) -> None:
    path, name = f"/clients/{held['id']}", {"name": "Renamed"}
    proposed = await _patch(caller, held["id"], change | name)
    assert (proposed.status_code, proposed.json()["action"]) == (202, "change_credentials"), proposed.text
    assert proposed.json()["fields"] == change | name
    before = (await caller.send("admin", "GET", path)).json()
    assert (before["ip_allow"], before["jwks"], before["name"]) == ([HOME], None, "LeasedWork")
    done = await _decide(caller, "admin2", proposed.json())
    assert done.status_code == 200, done.text
    assert {field: done.json()[field] for field in change | name} == change | name


async def test_narrower_networks_and_fewer_keys_need_one_person(caller: Caller, database_url: str) -> None:
    keys = _keys(2)
    held = await _client(caller, database_url, "secretariat_admin", jwks=keys)
    for change in (
        {"ip_allow": [HOME, ELSEWHERE]},
        {"ip_allow": ["192.0.2.7"]},
        {"jwks": {"keys": keys["keys"][1:]}},
        {"jwks": None},
        {"name": "Renamed"},
    ):
        done = await _patch(caller, held["id"], change)
        assert (done.status_code, {field: done.json()[field] for field in change}) == (200, change), done.text


@pytest.mark.parametrize(
    ("before", "after", "is_wider"),
    [
        ([], [], False),
        ([], ["192.0.2.0/24"], False),
        (["192.0.2.0/24"], [], True),
        (["192.0.2.0/24"], ["192.0.2.0/25", "192.0.2.200"], False),
        (["192.0.2.0/25"], ["192.0.2.0/24"], True),
        (["192.0.2.0/24"], ["2001:db8::/64"], True),
        (["2001:db8::/48", "192.0.2.0/24"], ["2001:db8:0:7::/64"], False),
    ],
)
def test_networks_are_wider_where_an_address_comes_to_them(before: list[str], after: list[str], is_wider: bool) -> None:
    plain = {"jwks": None, "redirect_uris": [], "grants": [], "require_par": False, "dpop_bound": False}
    clients = records_of(Client, [{**plain, "ip_allow": networks} for networks in (before, after)])
    assert widens(*clients) is is_wider


async def _uses(caller: Caller, key: dict[str, Any]) -> int:
    return (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {key['secret']}"})).status_code


async def test_an_api_key_works_once_another_administrator_has_confirmed_it(caller: Caller, database_url: str) -> None:
    held = await _client(caller, database_url, "secretariat_admin")
    owner = {"kind": "client", "id": held["id"]}
    body = {"name": "Key", "owner": owner, "resources": ["membership.*"], "verbs": ["read"]}
    key = (await caller.send("admin", "POST", "/api_keys", body)).json()
    assert (key["status"], await _uses(caller, key)) == ("proposed", 401)
    path = key["links"]["self"].removeprefix("/access/v1")
    (pending,) = (await caller.send("admin2", "GET", f"{path}/transitions/pending")).json()["items"]
    assert pending["action"] == "confirm"
    listed = (await caller.send("admin2", "GET", "/api_keys?holder=me&limit=200")).json()["items"]
    assert key["id"] in [one["id"] for one in listed]
    own = await _decide(caller, "admin", pending)
    assert (own.status_code, own.json()["reason"]) == (403, "second_person_is_the_first")
    done = await _decide(caller, "admin2", pending)
    assert (done.status_code, done.json()["status"]) == (200, "active")
    assert await _uses(caller, key) == 200


async def test_a_proposed_key_is_taken_back(caller: Caller, database_url: str) -> None:
    held = await _client(caller, database_url, "secretariat_admin")
    body = {"name": "Key", "owner": {"kind": "client", "id": held["id"]}, "resources": ["membership.*"]}
    key = (await caller.send("admin", "POST", "/api_keys", body | {"verbs": ["read"]})).json()
    done = await caller.step("admin", key["links"]["self"], "revoke")
    assert (done.status_code, done.json()["status"]) == (200, "revoked")
    (pending,) = (await caller.send("admin2", "GET", f"/api_keys/{key['id']}/transitions/pending")).json()["items"]
    assert (await _decide(caller, "admin2", pending)).status_code == 412
    assert await _uses(caller, key) == 401
