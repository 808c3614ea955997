"""A transition of two: one proposes, another confirms with their own token, and naming a person is no consent."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.membership.register.experts.operations import EXPERTS as KIND
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.records.pending import expiring
from tests.support.callers import CALLERS, Caller, grant, machine
from tests.support.membership import EXPERTS, activated

At = Callable[[str | None], Caller]
_TERMINATE = {"action": "terminate", "reason": "Fraud"}
pytestmark = pytest.mark.usefixtures("principals")


@pytest.fixture
async def waiting(admin: Caller) -> tuple[str, httpx.Response]:
    """The address of an active expert whose termination an administrator has proposed, and the response."""
    path = f"{EXPERTS}/{(await activated(admin))['id']}"
    return path, await admin.step(path, **_TERMINATE)


@pytest.fixture
async def credentials(superuser: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The connection, for rows of who set whose credentials; they are deleted after the test."""
    yield superuser
    await superuser.execute("DELETE FROM access_credential_change")


async def _set(connection: asyncpg.Connection, whose: str, by: str, days: int = 0) -> None:
    await connection.execute(
        "INSERT INTO access_credential_change (id, principal_kind, principal_id, by_kind, by_id, what, at)"
        " VALUES (uuidv7(), 'account', $1, 'account', $2, 'email', now() - make_interval(days => $3))",
        CALLERS[whose].id,
        CALLERS[by].id,
        days,
    )


async def _refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("reason", "")


async def test_a_proposal_changes_nothing_and_is_recorded(
    admin: Caller, waiting: tuple[str, httpx.Response], superuser: asyncpg.Connection
) -> None:
    path, proposed = waiting
    assert proposed.status_code == 202, proposed.text
    shown = proposed.json()
    assert proposed.headers["location"] == shown["links"]["self"]
    assert (shown["action"], shown["status"], shown["reason"]) == ("terminate", "pending", "Fraud")
    assert shown["proposed_by"] == {"kind": "account", "id": str(CALLERS["admin"].id)}
    record = (await admin.get(path)).json()
    assert shown["record"] == {"id": record["id"], "ref": record["ref"], "version": record["version"]}
    assert record["status"] == "active"
    (listed,) = (await admin.get(f"{path}/transitions/pending")).json()["items"]
    assert {name: listed[name] for name in shown} == shown
    assert str(CALLERS["admin"].id) not in [person["id"] for person in listed["could_confirm"]]
    assert (await admin.get(shown["links"]["self"])).json() == shown
    newest = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (newest["action"], newest["changes"]) == (
        "transition_proposed",
        [{"pointer": "/transition", "before": None, "after": "terminate"}],
    )
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", UUID(record["id"]))
    assert facts[-1]["type"] == "escm.membership.expert.transition_proposed.v1"
    hours = await superuser.fetchval(
        "SELECT extract(epoch FROM expires_at - created_at) / 3600 FROM core_pending_transition WHERE id = $1",
        UUID(shown["id"]),
    )
    assert hours == 24
    again = await admin.step(path, **_TERMINATE)
    assert (again.status_code, again.json()["pending"]) == (409, shown["links"]["self"])


async def test_another_administrator_confirms_with_their_own_token(
    admin: Caller, caller: At, waiting: tuple[str, httpx.Response]
) -> None:
    path, proposed = waiting
    done = await caller("admin2").post(proposed.headers["location"], {"decision": "confirm"})
    assert (done.status_code, done.json()["status"]) == (200, "terminated")
    assert done.headers["etag"] == (await caller("admin2").get(path)).headers["etag"]
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["reason"], line["by"]["id"]) == ("terminate", "Fraud", str(CALLERS["admin2"].id))
    assert {"pointer": "/proposed_by", "before": None, "after": CALLERS["admin"].label} in line["changes"]
    again = await caller("admin2").post(proposed.headers["location"], {"decision": "confirm"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    kept = (await admin.get(proposed.headers["location"])).json()
    assert (kept["status"], kept["reason"], kept["fields"]) == ("confirmed", None, {})


async def test_who_is_no_second_person(
    admin: Caller, caller: At, waiting: tuple[str, httpx.Response], member: Any, superuser: asyncpg.Connection
) -> None:
    path, proposed = waiting
    link, confirm = proposed.headers["location"], {"decision": "confirm"}
    assert await _refusal(await admin.post(link, confirm)) == (403, "second_person_is_the_first")
    assert await _refusal(await caller("secretariat").post(link, confirm)) == (403, "second_person_is_a_client")
    assert await _refusal(await caller("officer").post(link, confirm)) == (403, "second_person_not_entitled")
    assert await _refusal(await caller("auditor").post(link, confirm)) == (403, "not_permitted")
    concerned = "UPDATE member_expert SET account_id = $2 WHERE id = $1"
    record = UUID(path.rpartition("/")[2])
    await superuser.execute(concerned, record, CALLERS["admin2"].id)
    await admin.post(link, {"decision": "withdraw"})
    own = (await admin.step(path, **_TERMINATE)).headers["location"]
    assert await _refusal(await caller("admin2").post(own, confirm)) == (403, "second_person_is_concerned")
    assert (await admin.get(path)).json()["status"] == "active"


async def test_a_name_binds_the_confirmation_and_is_no_consent(admin: Caller, caller: At) -> None:
    path = f"{EXPERTS}/{(await activated(admin))['id']}"
    other = {"second_person": str(CALLERS["officer"].id)}
    assert await _refusal(await admin.step(path, **_TERMINATE, fields=other)) == (409, "second_person_not_entitled")
    own = {"second_person": str(CALLERS["admin"].id)}
    assert await _refusal(await admin.step(path, **_TERMINATE, fields=own)) == (409, "second_person_is_the_first")
    wrong = await admin.step(path, **_TERMINATE, fields={"second_person": "somebody"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/fields/second_person")
    named = await admin.step(path, **_TERMINATE, fields={"second_person": str(CALLERS["admin2"].id)})
    assert (named.status_code, named.json()["second_person"]) == (202, str(CALLERS["admin2"].id))
    assert (await admin.get(path)).json()["status"] == "active"
    assert (await caller("admin2").post(named.headers["location"], {"decision": "confirm"})).status_code == 200


async def test_whoever_set_the_others_credentials_is_no_second_person_for_thirty_days(
    caller: At, waiting: tuple[str, httpx.Response], credentials: asyncpg.Connection
) -> None:
    link, confirm = waiting[1].headers["location"], {"decision": "confirm"}
    for whose, by in (("admin2", "admin"), ("admin", "admin2")):
        await _set(credentials, whose, by)
        assert await _refusal(await caller("admin2").post(link, confirm)) == (403, "credentials_set_recently")
        await credentials.execute("DELETE FROM access_credential_change")
    await _set(credentials, "admin2", "admin", days=31)
    assert (await caller("admin2").post(link, confirm)).status_code == 200


async def test_the_step_is_checked_anew(
    admin: Caller, caller: At, waiting: tuple[str, httpx.Response], superuser: asyncpg.Connection
) -> None:
    path, proposed = waiting
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"gender": "x"}, etag=etag)).status_code == 200
    stale = await caller("admin2").post(proposed.headers["location"], {"decision": "confirm"})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    anew = await admin.step(path, **_TERMINATE)
    assert anew.status_code == 202
    assert (await admin.get(proposed.headers["location"])).json()["status"] == "expired"
    revoke = "UPDATE access_grant SET status = $2 WHERE principal_id = $1"
    await superuser.execute(revoke, CALLERS["admin"].id, "revoked")
    refused = await caller("admin2").post(anew.headers["location"], {"decision": "confirm"})
    await superuser.execute(revoke, CALLERS["admin"].id, "active")
    assert await _refusal(refused) == (409, "proposer_not_entitled")


async def test_it_is_declined_or_withdrawn(admin: Caller, caller: At, waiting: tuple[str, httpx.Response]) -> None:
    path, proposed = waiting
    link = proposed.headers["location"]
    taken = await caller("admin2").post(link, {"decision": "withdraw"})
    assert await _refusal(taken) == (403, "not_the_proposer")
    declined = await caller("admin2").post(link, {"decision": "decline", "reason": "Not proven"})
    assert (declined.status_code, declined.json()["status"]) == (200, "declined")
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["reason"]) == ("transition_declined", "Not proven")
    second = (await admin.step(path, **_TERMINATE)).headers["location"]
    assert (await admin.post(second, {"decision": "withdraw"})).json()["status"] == "withdrawn"
    assert (await admin.get(f"{path}/transitions/pending")).json()["items"] == []
    unknown = await admin.post(f"{path}/transitions/pending/{uuid4()}", {"decision": "withdraw"})
    assert unknown.status_code == 404


async def test_it_expires_after_a_day(
    admin: Caller,
    caller: At,
    waiting: tuple[str, httpx.Response],
    superuser: asyncpg.Connection,
    database: Database,
) -> None:
    path, proposed = waiting
    link = proposed.headers["location"]
    await superuser.execute(
        "UPDATE core_pending_transition SET expires_at = now() WHERE id = $1", UUID(proposed.json()["id"])
    )
    late = await caller("admin2").post(link, {"decision": "confirm"})
    assert (late.status_code, late.json()["code"]) == (410, "gone")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await expiring(KIND)(uow)
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["by"]["kind"]) == ("transition_expired", "system")
    assert (await admin.get(link)).json()["status"] == "expired"


async def test_both_find_it_in_their_work_lists(admin: Caller, caller: At, waiting: tuple[str, httpx.Response]) -> None:
    record = waiting[0].rpartition("/")[2]

    async def listed(name: str) -> bool:
        items = (await caller(name).get(EXPERTS, params={"holder": "me", "limit": "200"})).json()["items"]
        return record in [item["id"] for item in items]

    assert [await listed(name) for name in ("admin", "admin2", "officer", "auditor")] == [True, True, False, False]
    offers = (await admin.get(f"{waiting[0]}/transitions")).json()["allowed_actions"]
    terminate = {offer["action"]: offer for offer in offers}["terminate"]
    assert terminate["requires"] == ["reason", "second_person", "step_up"]
    assert set(terminate["fields_schema"]["properties"]) == {"second_person"}


async def test_only_the_demo_client_names_and_acts_and_on_a_laptop_alone(
    admin: Caller, caller: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"second_person": str(CALLERS["admin2"].id)}
    for environment in ("test", "production"):
        monkeypatch.setenv("ESCM_ENVIRONMENT", environment)
        path = f"{EXPERTS}/{(await activated(admin))['id']}"
        assert (await caller("secretariat").step(path, **_TERMINATE, fields=named)).status_code == 202
    monkeypatch.setenv("ESCM_ENVIRONMENT", "laptop")
    path = f"{EXPERTS}/{(await activated(admin))['id']}"
    done = await caller("secretariat").step(path, **_TERMINATE, fields=named)
    assert (done.status_code, done.json()["status"]) == (200, "terminated")
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert {"pointer": "/second_person", "before": None, "after": named["second_person"]} in line["changes"]
    another = machine("another client", grant("secretariat_admin", "global"))
    monkeypatch.setitem(CALLERS, another.name, another)  # type: ignore[arg-type]
    path = f"{EXPERTS}/{(await activated(admin))['id']}"
    assert (await caller(another.name).step(path, **_TERMINATE, fields=named)).status_code == 202
