"""The contacts of a client look after it: its keys, secrets, addresses, webhooks and calls, never its scope."""

from typing import Any
from uuid import uuid4

import pytest

from tests.access.caller import Caller
from tests.access.factors.persons import Person, a_person

_BACK = "https://desk.example.org/callback"
_WEBHOOK = {"name": "Register", "url": "https://example.org/hook", "types": ["escm.membership.expert.*"]}


async def _client(caller: Caller, *contacts: Person, **more: Any) -> dict[str, Any]:
    body = {
        "name": f"Ministry {uuid4().hex[:8]}",
        "scope_kind": "country",
        "scope_id": "XA",
        "resources": ["membership.experts", "access.webhooks"],
        "verbs": ["read", "write"],
        "secret": True,
        "redirect_uris": [_BACK],
        "contacts": [one.account for one in contacts],
        **more,
    }
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


@pytest.fixture
async def contact(caller: Caller) -> Person:
    return await a_person(caller)


async def _change(person: Person, client: dict[str, Any], **changed: Any) -> Any:
    path = f"/clients/{client['id']}"
    tag = (await person.send("GET", path)).headers.get("etag", '"1"')
    return await person.send(
        "PATCH", path, changed, **{"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    )


async def _step(person: Person, client: dict[str, Any], action: str, **fields: Any) -> Any:
    path = f"/clients/{client['id']}"
    tag = (await person.send("GET", path)).headers["etag"]
    body = {"action": action, "fields": fields}
    return await person.send("POST", f"{path}/transitions", body, **{"If-Match": tag})


async def test_a_contact_sees_its_clients_alone(caller: Caller, contact: Person) -> None:
    own, other = await _client(caller, contact), await _client(caller)
    listed = (await contact.send("GET", "/clients")).json()["items"]
    assert [one["id"] for one in listed] == [own["id"]]
    assert (await contact.send("GET", f"/clients/{other['id']}")).status_code == 404
    assert (await contact.send("GET", f"/clients/{own['id']}/usage")).json()["items"] == []
    assert (await contact.send("GET", f"/clients/{own['id']}/deprecations")).status_code == 200
    assert (await contact.send("GET", f"/clients/{own['id']}/history")).status_code == 200


async def test_a_contact_changes_secrets_while_both_work(caller: Caller, contact: Person) -> None:
    own = await _client(caller, contact)
    added = await contact.send("POST", f"/clients/{own['id']}/secrets", **{"Idempotency-Key": uuid4().hex})
    assert added.status_code == 201, added.text
    for secret in (own["secret"], added.json()["secret"]):
        assert (await caller.client_token(own["client_id"], secret)).status_code == 200
    path = f"/clients/{own['id']}"
    tag = (await contact.send("GET", path)).headers["etag"]
    assert (await contact.send("DELETE", f"{path}/secrets/oldest", **{"If-Match": tag})).status_code == 200
    assert (await caller.client_token(own["client_id"], own["secret"])).status_code == 401
    assert (await caller.client_token(own["client_id"], added.json()["secret"])).status_code == 200


async def test_a_contact_changes_addresses_and_nothing_else(caller: Caller, contact: Person) -> None:
    own = await _client(caller, contact)
    changed = await _change(contact, own, redirect_uris=["https://new.example.org/callback"])
    assert (changed.status_code, changed.json()["redirect_uris"]) == (200, ["https://new.example.org/callback"])
    for field, value in (
        ("name", "Another"), ("ip_allow", ["192.0.2.0/24"]), ("require_par", True), ("dpop_bound", True),
        ("contacts", []),
    ):  # fmt: skip
        refused = await _change(contact, own, **{field: value})
        assert (refused.status_code, refused.json()["reason"]) == (403, "not_of_contacts"), field
    assert (await _change(contact, own, resources=["membership.*"])).status_code == 422
    for action in ("revoke", "suspend", "mark_first_party"):
        assert (await _step(contact, own, action)).status_code in (403, 422), action
    assert (await _step(contact, own, "change_credentials", name="Another")).status_code == 403


async def test_of_a_client_with_a_role_of_two_a_second_person_confirms(caller: Caller, contact: Person) -> None:
    own = await _client(caller, contact)
    grant = {"principal": {"kind": "client", "id": own["id"]}, "role": "national_publisher", "scope_kind": "country"}
    given = await caller.send("admin", "POST", "/grants", {**grant, "scope_id": "XA"})
    assert given.status_code in (201, 202), given.text
    added = await contact.send("POST", f"/clients/{own['id']}/secrets", **{"Idempotency-Key": uuid4().hex})
    assert added.status_code == 202, added.text
    assert (await caller.client_token(own["client_id"], added.json()["secret"])).status_code == 401
    place = added.json()["links"]["self"].removeprefix("/access/v1")
    assert (await contact.send("POST", place, {"decision": "confirm"})).status_code == 403
    confirmed = await caller.send("admin2", "POST", place, {"decision": "confirm"})
    assert confirmed.status_code == 200, confirmed.text
    assert (await caller.client_token(own["client_id"], added.json()["secret"])).status_code == 200


async def test_a_contact_looks_after_webhooks_of_its_client(caller: Caller, contact: Person) -> None:
    own, stranger = await _client(caller, contact), await a_person(caller)
    token = (await caller.client_token(own["client_id"], own["secret"])).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    made = await caller.http.post("/access/v1/webhooks", json=_WEBHOOK, headers=headers)
    assert made.status_code == 201, made.text
    path = f"/webhooks/{made.json()['id']}"
    assert (await contact.send("GET", path)).json()["name"] == "Register"
    assert (await contact.send("GET", f"{path}/deliveries")).status_code == 200
    assert (await stranger.send("GET", path)).status_code == 404
    assert (await contact.send("DELETE", path)).status_code == 204


async def test_whoever_is_no_contact_any_more_sees_nothing(caller: Caller, contact: Person) -> None:
    own = await _client(caller, contact)
    path = f"/clients/{own['id']}"
    tag = (await caller.send("admin", "GET", path)).headers["etag"]
    patch = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    assert (await caller.send("admin", "PATCH", path, {"contacts": []}, **patch)).status_code == 200
    assert (await contact.send("GET", path)).status_code == 404
    again = await contact.send("POST", f"{path}/secrets", **{"Idempotency-Key": uuid4().hex})
    assert again.status_code == 404


async def test_a_client_has_five_contacts_at_most(caller: Caller) -> None:
    body = {"name": "Desk", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"], "secret": True}
    own = [caller.account(name) for name in ("admin", "admin2", "officer", "expert", "reviewer1", "reviewer2")]
    five = await caller.send("admin", "POST", "/clients", {**body, "contacts": own[:5]})
    assert five.status_code == 201, five.text
    refused = await caller.send("admin", "POST", "/clients", {**body, "contacts": own})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/contacts")
