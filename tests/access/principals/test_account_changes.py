"""Changes of accounts: a second person confirms those of an administrator's, and nobody sets another's password."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.access.self_service.account_mail.jobs import job_handlers
from services.access.settings import AccessSettings
from tests.access.caller import Caller
from tests.support.mailbox import Mailbox

_OPEN = "SELECT count(*) FROM core_job WHERE job_type = $1 AND payload ->> $2 = $3"


async def _patch(caller: Caller, path: str, change: dict[str, Any]) -> Any:
    path = path.removeprefix("/access/v1")
    tag = (await caller.send("admin", "GET", path)).headers["etag"]
    return await caller.send("admin", "PATCH", path, change, **{"If-Match": tag})


@pytest_asyncio.fixture
async def administrator(caller: Caller, superuser: asyncpg.Connection) -> AsyncIterator[str]:
    """The address of an administrator's account on which no other test depends."""
    made = (await caller.enter_person(f"{uuid4().hex}@example.org", "a long enough password")).json()
    await superuser.execute("DELETE FROM access_credential_change WHERE principal_id = $1", UUID(made["id"]))
    granted = {"principal": {"kind": "account", "id": made["id"]}, "role": "secretariat_admin", "scope_kind": "global"}
    link = (await caller.send("admin", "POST", "/grants", granted)).json()["links"]["self"]
    assert (await caller.step("admin2", link, "confirm")).status_code == 200
    yield made["links"]["self"]
    await superuser.execute("DELETE FROM access_credential_change WHERE principal_id = $1", UUID(made["id"]))


async def test_an_administrators_address_is_changed_by_two(
    caller: Caller, administrator: str, superuser: asyncpg.Connection
) -> None:
    before = (await caller.send("admin", "GET", administrator.removeprefix("/access/v1"))).json()
    address = f"{uuid4().hex}@example.org"
    proposed = await _patch(caller, administrator, {"email": address})
    assert (proposed.status_code, proposed.json()["action"]) == (202, "change_identity")
    assert (await caller.send("admin", "GET", administrator.removeprefix("/access/v1"))).json() == before
    listed = (await caller.send("admin2", "GET", "/accounts?holder=me")).json()["items"]
    assert before["id"] in [item["id"] for item in listed]
    link = proposed.headers["location"].removeprefix("/access/v1")
    done = await caller.send("admin2", "POST", link, {"decision": "confirm"})
    assert (done.status_code, done.json()["email"], done.json()["email_verified"]) == (200, address, False)
    set_by = await superuser.fetch(
        "SELECT by_id FROM access_credential_change WHERE principal_id = $1 AND what = 'email'", UUID(before["id"])
    )
    assert {str(row["by_id"]) for row in set_by} == {caller.account("admin"), caller.account("admin2")}


async def test_an_address_that_a_stranger_registered_is_free_once_the_second_person_confirms(
    caller: Caller, administrator: str, posted: Mailbox
) -> None:
    address = f"{uuid4().hex}@example.org"
    body = {"email": address, "name": "Sly Stranger", "language": "en"}
    asked = await caller.http.post("/access/v1/accounts/registration", json=body)
    assert asked.status_code == 202, asked.text
    await posted.next_to(address)
    found = (await caller.send("admin", "GET", f"/accounts?email={address}")).json()["items"]
    (stranger,) = [one["links"]["self"].removeprefix("/access/v1") for one in found]
    proposed = await caller.step("admin", administrator, "change_identity", fields={"email": address})
    assert proposed.status_code == 202, proposed.text
    assert (await caller.send("admin", "GET", stranger)).json()["status"] == "active"
    link = proposed.headers["location"].removeprefix("/access/v1")
    done = await caller.send("admin2", "POST", link, {"decision": "confirm"})
    assert (done.status_code, done.json()["email"]) == (200, address), done.text
    assert (await caller.send("admin", "GET", stranger)).json()["status"] == "closed"


@pytest.mark.parametrize(("action", "more"), [("suspend", {"reason": "left"}), ("change_identity", {})])
async def test_steps_on_an_administrators_account_wait_for_a_second_person(
    caller: Caller, administrator: str, action: str, more: dict[str, Any]
) -> None:
    fields = {"email": f"{uuid4().hex}@example.org"} if action == "change_identity" else {}
    proposed = await caller.step("admin", administrator, action, fields=fields, **more)
    assert proposed.status_code == 202, proposed.text
    assert (await _patch(caller, administrator, {"name": "Another Name"})).status_code == 200


async def test_an_administrators_account_is_suspended_and_reinstated_by_two(caller: Caller, administrator: str) -> None:
    for action, status, more in (("suspend", "suspended", {"reason": "on leave"}), ("reinstate", "active", {})):
        before = (await caller.send("admin", "GET", administrator.removeprefix("/access/v1"))).json()["status"]
        proposed = await caller.step("admin", administrator, action, **more)
        assert (proposed.status_code, proposed.json()["action"]) == (202, action), proposed.text
        link = proposed.headers["location"].removeprefix("/access/v1")
        alone = await caller.send("admin", "POST", link, {"decision": "confirm"})
        assert (alone.status_code, alone.json()["reason"]) == (403, "second_person_is_the_first")
        seen = (await caller.send("admin", "GET", administrator.removeprefix("/access/v1"))).json()
        assert seen["status"] == before
        done = await caller.send("admin2", "POST", link, {"decision": "confirm"})
        assert (done.status_code, done.json()["status"]) == (200, status), done.text


async def _held(caller: Caller, role: str) -> str:
    """The link of an account with a role in XA, or without a role."""
    made = (await caller.enter_person(f"{uuid4().hex}@example.org", "a long enough password")).json()
    if role:
        scope = {"scope_kind": "country", "scope_id": "XA"}
        body = {"principal": {"kind": "account", "id": made["id"]}, "role": role, **scope}
        assert (await caller.send("admin", "POST", "/grants", body)).status_code == 201
    return str(made["links"]["self"])


async def test_an_account_with_any_role_of_two_gets_another_address_by_two(caller: Caller) -> None:
    link = await _held(caller, "national_publisher")
    proposed = await _patch(caller, link, {"email": f"{uuid4().hex}@example.org"})
    assert (proposed.status_code, proposed.json()["action"]) == (202, "change_identity"), proposed.text
    assert (await caller.step("admin", link, "suspend", reason="left")).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("", 200), ("national_author", 403), ("secretariat_officer", 403)])
async def test_nobody_changes_the_address_of_an_account_that_holds_more_than_they_may_grant(
    caller: Caller, superuser: asyncpg.Connection, role: str, status: int
) -> None:
    narrowed = {"name": "Directory", "scope_kind": "global", "resources": ["access.*"], "verbs": ["read", "write"]}
    client = (await caller.send("admin", "POST", "/clients", narrowed)).json()
    await superuser.execute(
        "UPDATE access_grant SET role = 'secretariat_admin' WHERE principal_id = $1", UUID(client["id"])
    )
    token = (await caller.client_token(client["client_id"], client["secret"])).json()["access_token"]
    path = await _held(caller, role)
    tag = (await caller.send("admin", "GET", path.removeprefix("/access/v1"))).headers["etag"]
    headers = {"Authorization": f"Bearer {token}", "If-Match": tag}
    change = {"email": f"{uuid4().hex}@example.org"}
    response = await caller.http.patch(path, json=change, headers=headers)
    assert response.status_code == status, response.text
    if status == 403:
        assert response.json()["reason"] == "role_not_yours_to_hand_on"
        renamed = await caller.http.patch(path, json={"name": "Another Name"}, headers=headers)
        assert renamed.status_code == 200


async def test_the_previous_address_is_notified(
    caller: Caller, superuser: asyncpg.Connection, settings: AccessSettings
) -> None:
    old = f"{uuid4().hex}@example.org"
    made = (await caller.enter_person(old, "a long enough password")).json()
    assert (await _patch(caller, made["links"]["self"], {"email": f"{uuid4().hex}@example.org"})).status_code == 200
    change, kept = await superuser.fetchrow(
        "SELECT id, old_email FROM access_credential_change WHERE principal_id = $1 AND old_email IS NOT NULL",
        UUID(made["id"]),
    )
    assert kept == old
    assert await superuser.fetchval(_OPEN, "notify_old_address", "change", str(change)) == 1
    assert "notify_old_address" in job_handlers(settings)


async def test_an_administrator_sends_a_reset_and_is_remembered(caller: Caller, superuser: asyncpg.Connection) -> None:
    made = (await caller.enter_person(f"{uuid4().hex}@example.org", "a long enough password")).json()
    sent = await caller.step("admin", made["links"]["self"], "send_password_reset")
    assert sent.status_code == 200, sent.text
    assert await superuser.fetchval(_OPEN, "send_password_reset", "account", made["id"]) == 1
    by = await superuser.fetchval(
        "SELECT by_id FROM access_credential_change WHERE principal_id = $1 AND what = 'recovery'", UUID(made["id"])
    )
    assert str(by) == caller.account("admin")
