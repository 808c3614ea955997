"""The holder of a role delegates it for a time, or hands it over; a delegated grant ends with its source."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.authority.grants.operations import expire_grants
from shared.auth.tokens import Authenticator
from shared.kernel.clock import today
from tests.access.caller import Caller


class Person:
    """An account with its own function for calls."""

    def __init__(self, caller: Caller, account: str, token: str) -> None:
        self.caller, self.id, self.token = caller, account, token

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        headers["Authorization"] = f"Bearer {self.token}"
        return await self.caller.http.request(method, f"/access/v1{path}", json=json, headers=headers)

    async def step(self, grant: dict[str, Any], action: str, **body: Any) -> httpx.Response:
        path = grant["links"]["self"].removeprefix("/access/v1")
        tag = (await self.send("GET", path)).headers.get("etag", '"1"')
        return await self.send("POST", f"{path}/transitions", {"action": action, **body}, **{"If-Match": tag})


@pytest.fixture
def elsewhere(app: Any) -> Authenticator:
    return Authenticator(app.state.database, app.state.settings, age=0.0)


async def _person(caller: Caller) -> Person:
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    made = await caller.enter_person(email, password)
    return Person(caller, made.json()["id"], (await caller.log_in(email, password)).json()["access_token"])


def _days(count: int) -> str:
    return (today() + timedelta(days=count)).isoformat()


def _dated(change: dict[str, Any]) -> dict[str, Any]:
    """The change, with `to` as a day if it is a number of days from today."""
    to = change.get("to")
    return {**change, "to": _days(to)} if isinstance(to, int) else change


async def _holding(caller: Caller, role: str = "national_author", **more: Any) -> tuple[Person, dict[str, Any]]:
    """A person with a role in XA for a hundred days."""
    person = await _person(caller)
    scope = {"scope_kind": "country", "scope_id": "XA"}
    body = {"principal": {"kind": "account", "id": person.id}, "role": role, **scope, "to": _days(100), **more}
    made = await caller.send("admin", "POST", "/grants", body)
    assert made.status_code == 201, made.text
    return person, made.json()


def _lending(source: dict[str, Any], deputy: Person, **change: Any) -> dict[str, Any]:
    kept = {name: source[name] for name in ("role", "scope_kind", "scope_id")}
    holder = {"kind": "account", "id": deputy.id}
    return {"principal": holder, **kept, "to": _days(10), "delegated_from": source["id"], **change}


async def _roles(elsewhere: Authenticator, person: Person) -> list[str]:
    return [grant.role for grant in (await elsewhere.principal(f"Bearer {person.token}")).grants]


async def test_a_role_is_delegated_and_shown_as_such(caller: Caller, elsewhere: Authenticator) -> None:
    holder, source = await _holding(caller)
    deputy = await _person(caller)
    made = await holder.send("POST", "/grants", _lending(source, deputy))
    assert made.status_code == 201, made.text
    assert (made.json()["delegated_from"], made.json()["status"]) == (source["id"], "active")
    me = (await deputy.send("GET", "/me")).json()
    assert [(held["role"], held["delegated_from"]) for held in me["grants"]] == [("national_author", source["id"])]
    seen = (await deputy.send("GET", "/grants")).json()["items"]
    assert [one["id"] for one in seen] == [made.json()["id"]]
    further = _lending(made.json(), await _person(caller), to=_days(5))
    response = await deputy.send("POST", "/grants", further)
    assert (response.status_code, response.json()["reason"]) == (403, "not_further")


@pytest.mark.parametrize(
    ("change", "status", "fault"),
    [
        ({"to": None}, 422, "/to"),
        ({"to": 101}, 422, "/to"),
        ({"scope_id": "XB"}, 403, "beyond_own_scope"),
        ({"role": "auditor"}, 422, "/role"),
        ({"delegated_from": str(uuid4())}, 422, "/delegated_from"),
    ],
)
async def test_nobody_delegates_more_than_they_hold(
    caller: Caller, change: dict[str, Any], status: int, fault: str
) -> None:
    holder, source = await _holding(caller)
    response = await holder.send("POST", "/grants", _lending(source, await _person(caller), **_dated(change)))
    problem = response.json()
    assert (response.status_code, problem.get("reason") or problem["errors"][0]["pointer"]) == (status, fault)


async def test_what_is_not_ones_own_or_sensitive_is_not_delegated(caller: Caller) -> None:
    holder, source = await _holding(caller)
    other = await _person(caller)
    response = await other.send("POST", "/grants", _lending(source, await _person(caller)))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "unknown_reference")
    assert (await other.send("GET", f"/grants/{source['id']}")).status_code == 404
    own = await holder.send("POST", "/grants", _lending(source, holder))
    assert (own.status_code, own.json()["reason"]) == (403, "own_grant")
    publisher, grant = await _holding(caller, "national_publisher")
    await caller.step("admin2", grant["links"]["self"], "confirm")
    response = await publisher.send("POST", "/grants", _lending(grant, other))
    assert (response.status_code, response.json()["reason"]) == (403, "role_not_delegated")


async def test_a_delegated_role_hands_nothing_on(caller: Caller) -> None:
    holder, source = await _holding(caller, "government_focal_point")
    deputy = await _person(caller)
    assert (await holder.send("POST", "/grants", _lending(source, deputy))).status_code == 201
    body = {"principal": {"kind": "account", "id": (await _person(caller)).id}, "role": "national_author"}
    scope = {"scope_kind": "country", "scope_id": "XA"}
    response = await deputy.send("POST", "/grants", body | scope)
    assert (response.status_code, response.json()["reason"]) == (403, "role_not_yours_to_hand_on")


async def test_the_end_of_the_source_ends_what_was_delegated(
    caller: Caller, elsewhere: Authenticator, database_url: str
) -> None:
    holder, source = await _holding(caller)
    deputy = await _person(caller)
    lent = (await holder.send("POST", "/grants", _lending(source, deputy))).json()
    assert await _roles(elsewhere, deputy) == ["national_author"]
    assert (await caller.step("admin", source["links"]["self"], "revoke")).status_code == 200
    assert await _roles(elsewhere, deputy) == []
    read = (await caller.send("admin", "GET", f"/grants/{lent['id']}")).json()
    assert read["status"] == "revoked"
    lines = (await caller.send("admin", "GET", f"/grants/{lent['id']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["revoke", "create"]
    connection = await asyncpg.connect(database_url)
    fault = await connection.fetchval(
        "SELECT count(*) FROM (SELECT type, subject FROM escm.core_outbox UNION ALL SELECT type, subject FROM"
        " escm.core_fact) f WHERE subject = $1 AND type = 'escm.access.grant.revoked.v1'",
        lent["id"],
    )
    await connection.close()
    assert fault == 1


async def test_the_expiry_of_the_source_and_a_suspended_holder_end_it_too(
    caller: Caller, elsewhere: Authenticator, database_url: str
) -> None:
    holder, source = await _holding(caller)
    deputy = await _person(caller)
    lent = (await holder.send("POST", "/grants", _lending(source, deputy))).json()
    account = f"/access/v1/accounts/{holder.id}"
    await caller.step("admin", account, "suspend", reason="left")
    assert await _roles(elsewhere, deputy) == []
    await caller.step("admin", account, "reinstate")
    assert await _roles(elsewhere, deputy) == ["national_author"]
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "UPDATE escm.access_grant SET starts = current_date - 9, ends = current_date - 1 WHERE id = $1", source["id"]
    )
    await connection.close()
    assert await _roles(elsewhere, deputy) == []
    async with setting_up(database_url) as uow:
        await expire_grants(uow)
    assert (await caller.send("admin", "GET", f"/grants/{lent['id']}")).json()["status"] == "revoked"


async def test_the_holder_takes_back_what_they_delegated(caller: Caller, elsewhere: Authenticator) -> None:
    holder, source = await _holding(caller)
    deputy = await _person(caller)
    lent = (await holder.send("POST", "/grants", _lending(source, deputy))).json()
    own = await deputy.step(lent, "revoke")
    assert (own.status_code, own.json()["reason"]) == (409, "role_not_yours_to_hand_on")
    assert (await holder.step(lent, "revoke")).json()["status"] == "revoked"
    assert await _roles(elsewhere, deputy) == []


async def test_a_role_is_handed_over_with_an_overlap(caller: Caller, elsewhere: Authenticator) -> None:
    holder, source = await _holding(caller)
    heir = await _person(caller)
    fields = {"principal": {"kind": "account", "id": heir.id}, "to": _days(60)}
    done = await holder.step(source, "hand_over", fields=fields)
    assert (done.status_code, done.json()["to"], done.json()["status"]) == (200, _days(60), "active")
    assert await _roles(elsewhere, heir) == await _roles(elsewhere, holder) == ["national_author"]
    grant = (await heir.send("GET", "/grants")).json()["items"][0]
    assert (grant["from"], grant["to"]) == (today().isoformat(), _days(100))
    assert grant["reason"] == f"handed over from {source['ref']}"
    lines = (await holder.send("GET", f"/grants/{source['id']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["hand_over", "create"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": 61}, "/fields/to"),
        ({"to": -1}, "/fields/to"),
        ({"to": "soon"}, "/fields/to"),
        ({"principal": {"kind": "account", "id": str(uuid4())}}, "/fields/principal"),
        ({"principal": "somebody"}, "/fields/principal"),
        ({"principal": {"kind": "client", "id": str(uuid4())}}, "/fields/principal"),
    ],
)
async def test_a_hand_over_out_of_bounds_is_refused(caller: Caller, change: dict[str, Any], pointer: str) -> None:
    holder, source = await _holding(caller)
    heir = await _person(caller)
    fields = {"principal": {"kind": "account", "id": heir.id}, "to": _days(1), **_dated(change)}
    response = await holder.step(source, "hand_over", fields=fields)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await heir.send("GET", "/grants")).json()["items"] == []


async def test_only_holder_and_secretariat_hand_over(caller: Caller) -> None:
    _, source = await _holding(caller)
    fields = {"principal": {"kind": "account", "id": (await _person(caller)).id}, "to": _days(1)}
    stranger = await caller.step("expert", source["links"]["self"], "hand_over", fields=fields)
    assert stranger.status_code == 404
    assert (await caller.step("officer", source["links"]["self"], "hand_over", fields=fields)).status_code == 200


async def test_a_role_is_not_handed_over_to_the_one_who_acts(caller: Caller) -> None:
    _, source = await _holding(caller)
    fields = {"principal": {"kind": "account", "id": caller.account("officer")}, "to": _days(1)}
    response = await caller.step("officer", source["links"]["self"], "hand_over", fields=fields)
    assert (response.status_code, response.json()["reason"]) == (403, "own_grant")


async def test_a_holder_names_no_account_of_their_own_making_and_whoever_may_grant_any(caller: Caller) -> None:
    focal_point, source = await _holding(caller, "government_focal_point")
    body = {"email": f"{uuid4().hex}@example.org", "name": "Heir", "country": "XA"}
    entered = await focal_point.send("POST", "/accounts", body)
    assert entered.status_code == 201, entered.text
    fields = {"principal": {"kind": "account", "id": entered.json()["id"]}, "to": _days(1)}
    response = await focal_point.step(source, "hand_over", fields=fields)
    assert (response.status_code, response.json()["reason"]) == (403, "credentials_set_by_you")
    assert response.json()["detail"].startswith("You have set the credentials")
    held = await caller.send("admin", "GET", f"/grants?principal_id={entered.json()['id']}")
    assert held.json()["items"] == []
    own = await caller.send("admin", "POST", "/accounts", {**body, "email": f"{uuid4().hex}@example.org"})
    fields["principal"] = {"kind": "account", "id": own.json()["id"]}
    assert (await caller.step("admin", source["links"]["self"], "hand_over", fields=fields)).status_code == 200


async def test_a_role_does_not_come_back_to_who_granted_it(caller: Caller, app: Any) -> None:
    holder = await _person(caller)
    body = {"principal": {"kind": "account", "id": holder.id}, "role": "committee_president"}
    scope = {"scope_kind": "country", "scope_id": "XA", "to": _days(100)}
    source = (await caller.send("officer", "POST", "/grants", body | scope)).json()
    officer = Person(caller, caller.account("officer"), "")
    lent = await holder.send("POST", "/grants", _lending(source, officer))
    assert (lent.status_code, lent.json()["reason"]) == (403, "own_grant")
    fields = {"principal": {"kind": "account", "id": officer.id}, "to": _days(1)}
    response = await holder.step(source, "hand_over", fields=fields)
    assert (response.status_code, response.json()["reason"]) == (403, "own_grant")
