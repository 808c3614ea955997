"""Secrets of clients end after a year: their people are mailed three times before, two secrets overlap, and one that
ended is refused."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.access.notifying.notifications.sentences import sentence
from services.access.principals.clients import operations
from services.access.principals.tokens import authentication
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from tests.access.caller import Caller
from tests.access.notifying.notifications.people import People, arrived
from tests.support.clock import Calendar
from tests.support.mailbox import Mailbox, text_of

EVENT = "client.secret_expiry_due"
_DUE = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = 'escm.access.client.secret_expiry_due.v1'"


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """The calendar of secrets alone: keys that sign tokens, sessions and schedules of the worker keep theirs."""
    made = Calendar()
    for module in (operations, authentication):
        monkeypatch.setattr(module, "now", made.now)
    return made


async def a_client(caller: Caller, **more: Any) -> dict[str, Any]:
    body = {"name": "Ministry", "scope_kind": "global", "resources": ["access.*"], "verbs": ["read"], **more}
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def tag_of(caller: Caller, path: str) -> str:
    return str((await caller.send("admin", "GET", path)).headers["etag"])


async def remove_oldest(caller: Caller, path: str, tag: str) -> httpx.Response:
    return await caller.send("admin", "DELETE", f"{path}/secrets/oldest", **{"If-Match": tag})


async def test_a_secret_ends_in_a_year(caller: Caller, days: Calendar) -> None:
    made = await a_client(caller)
    ends = datetime.fromisoformat(made["keys_expire_at"])
    assert timedelta(days=364) < ends - days.now() <= timedelta(days=365)
    assert (await caller.client_token(made["client_id"], made["secret"])).status_code == 200
    days.pass_days(366)
    refused = await caller.client_token(made["client_id"], made["secret"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert f"expired on {ends:%Y-%m-%d}" in refused.json()["error_description"]
    guessed = await caller.client_token(made["client_id"], "escm_guessed")
    assert "expired" not in guessed.text, "who does not have the secret learns nothing of it"


async def test_two_secrets_overlap_and_the_old_one_is_removed(caller: Caller, days: Calendar) -> None:
    made = await a_client(caller)
    path = f"/clients/{made['id']}"
    alone = await remove_oldest(caller, path, await tag_of(caller, path))
    assert (alone.status_code, alone.json()["reason"]) == (409, "last_secret")
    days.pass_days(340)
    added = (await caller.send("admin", "POST", f"{path}/secrets")).json()["secret"]
    both = [await caller.client_token(made["client_id"], one) for one in (made["secret"], added)]
    assert [one.status_code for one in both] == [200, 200]
    shown = (await caller.send("admin", "GET", path)).json()
    assert (shown["living_secrets"], shown["keys_expire_at"]) == (2, made["keys_expire_at"])
    removed = await remove_oldest(caller, path, await tag_of(caller, path))
    assert (removed.status_code, removed.json()["living_secrets"]) == (200, 1), removed.text
    assert removed.json()["keys_expire_at"] > made["keys_expire_at"]
    left = [await caller.client_token(made["client_id"], one) for one in (made["secret"], added)]
    assert [one.status_code for one in left] == [401, 200]
    history = (await caller.send("admin", "GET", f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["remove_secret", "add_secret", "create"]


async def test_a_repeated_removal_never_removes_the_secret_that_remained(caller: Caller) -> None:
    made = await a_client(caller)
    path = f"/clients/{made['id']}"
    await caller.send("admin", "POST", f"{path}/secrets")
    tag = await tag_of(caller, path)
    assert (await remove_oldest(caller, path, tag)).status_code == 200
    added = (await caller.send("admin", "POST", f"{path}/secrets")).json()["secret"]
    repeated = await remove_oldest(caller, path, tag)
    assert (repeated.status_code, repeated.json()["code"]) == (412, "version_conflict"), repeated.text
    shown = (await caller.send("admin", "GET", path)).json()
    assert shown["living_secrets"] == 2
    assert (await caller.client_token(made["client_id"], added)).status_code == 200


async def test_of_two_removals_at_once_one_removes_a_secret(caller: Caller) -> None:
    made = await a_client(caller)
    path = f"/clients/{made['id']}"
    await caller.send("admin", "POST", f"{path}/secrets")
    tag = await tag_of(caller, path)
    ended = await asyncio.gather(*(remove_oldest(caller, path, tag) for _ in range(2)))
    assert sorted(one.status_code for one in ended) == [200, 412]


async def test_a_removal_names_the_version_that_has_both(caller: Caller) -> None:
    made = await a_client(caller)
    path = f"/clients/{made['id']}"
    await caller.send("admin", "POST", f"{path}/secrets")
    refused = await caller.send("admin", "DELETE", f"{path}/secrets/oldest")
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition_required"), refused.text


async def test_one_who_may_not_change_a_client_removes_no_secret(caller: Caller) -> None:
    made = await a_client(caller)
    refused = await caller.send("officer", "DELETE", f"/clients/{made['id']}/secrets/oldest")
    assert refused.status_code == 404, refused.text


async def test_who_looks_after_a_client_is_mailed_30_7_and_1_days_before(
    people: People, posted: Mailbox, days: Calendar
) -> None:
    contact = await people.person()
    made = await a_client(people.caller, contacts=[str(contact)])
    mailed = []
    for passed in (334, 1, 1, 22, 1, 5, 1, 1):
        days.pass_days(passed)
        for _ in range(2):
            async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
                await operations.remind_of_secrets(uow)
        mailed.append(await people.superuser.fetchval(_DUE, UUID(made["id"])))
    assert mailed == [0, 1, 1, 2, 2, 3, 3, 3]
    await people.announce("escm.access.client.secret_expiry_due.v1", made)
    (mail,) = await arrived(posted, people.address(contact), 1)
    assert sentence(EVENT, "en") in " ".join(text_of(mail).split())


async def test_a_client_that_signs_has_no_end(caller: Caller) -> None:
    public = {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "use": "sig",
        "kid": "k",
    }
    made = await a_client(caller, jwks={"keys": [public]})
    assert (made["keys_expire_at"], made["living_secrets"]) == (None, 0)
