"""People list, renew and end their sessions; a token of an ended session is invalid everywhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.principals.sessions.domain import LONGEST, idle_until, label_of
from services.access.principals.sessions.jobs import expire_sessions
from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from shared.kernel.clock import now
from tests.access.caller import TOKEN, Caller

REVOKE = "/access/v1/oauth/revoke"
Person = dict[str, str]
Enter = Callable[[], Awaitable[Person]]


@pytest.fixture
def elsewhere(app: Any) -> Authenticator:
    """The authenticator of another process, with a short cache."""
    return Authenticator(app.state.database, app.state.settings, age=0.0)


@pytest.fixture
def enter(caller: Caller) -> Enter:
    async def entered() -> Person:
        person = {"email": f"{uuid4().hex}@example.org", "password": uuid4().hex}
        made = await caller.enter_person(person["email"], person["password"])
        return {**person, "id": made.json()["id"]}

    return entered


async def _sign_in(caller: Caller, person: Person, label: str | None = None) -> dict[str, Any]:
    form = {"grant_type": "password", "username": person["email"], "password": person["password"]}
    response = await caller.http.post(TOKEN, data=form | ({"label": label} if label else {}))
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _renew(caller: Caller, token: str) -> httpx.Response:
    return await caller.http.post(TOKEN, data={"grant_type": "refresh_token", "refresh_token": token})


async def _as(caller: Caller, signed_in: dict[str, Any], method: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    return await caller.http.request(method, f"/access/v1{path}", headers=headers)


def _bearer(signed_in: dict[str, Any]) -> str:
    return f"Bearer {signed_in['access_token']}"


def test_a_session_lasts_twelve_hours_idle_and_thirty_days_in_all() -> None:
    begin = now()
    assert idle_until(begin, begin + LONGEST) == begin + timedelta(hours=12)
    assert idle_until(begin + timedelta(days=29, hours=20), begin + LONGEST) == begin + timedelta(days=30)
    assert label_of(" Office\x00 laptop ") == "Office laptop"
    assert label_of("x" * 90) == "x" * 60
    assert label_of("\n") is None


async def test_a_person_sees_their_sessions_and_nobody_elses(caller: Caller, enter: Enter) -> None:
    person, other = await enter(), await enter()
    first, second = await _sign_in(caller, person), await _sign_in(caller, person, "Office laptop")
    await _sign_in(caller, other)
    listed = (await _as(caller, second, "GET", "/sessions")).json()
    assert listed["next"] is None
    assert [(one["label"], one["current"]) for one in listed["items"]] == [("Office laptop", True), (None, False)]
    assert {one["account_id"] for one in listed["items"]} == {person["id"]}
    me = (await _as(caller, first, "GET", "/me")).json()
    assert me["session_id"] == listed["items"][1]["id"]
    stranger = await _as(caller, first, "GET", f"/sessions?account_id={other['id']}")
    assert (stranger.status_code, stranger.json()["reason"]) == (403, "not_permitted")
    seen = await caller.send("admin", "GET", f"/sessions?account_id={person['id']}")
    assert [one["current"] for one in seen.json()["items"]] == [False, False]
    bad = await caller.send("admin", "GET", "/sessions?account_id=x")
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid_parameter")
    assert (await caller.send("secretariat", "GET", "/sessions")).json()["items"] == []


async def test_an_ended_session_stops_everywhere(caller: Caller, enter: Enter, elsewhere: Authenticator) -> None:
    person = await enter()
    kept, lost = await _sign_in(caller, person), await _sign_in(caller, person)
    session = (await elsewhere.claims(_bearer(lost))).session
    for _ in range(2):
        assert (await _as(caller, kept, "DELETE", f"/sessions/{session}")).status_code == 204
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(lost))
    await elsewhere.principal(_bearer(kept))
    assert (await _renew(caller, lost["refresh_token"])).json()["error"] == "invalid_grant"
    assert len((await _as(caller, kept, "GET", "/sessions")).json()["items"]) == 1


async def test_signing_out_everywhere_else_keeps_the_session_that_asks(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    person = await enter()
    signed_in = [await _sign_in(caller, person) for _ in range(3)]
    assert (await _as(caller, signed_in[1], "DELETE", "/sessions")).json() == {"ended": 2}
    await elsewhere.principal(_bearer(signed_in[1]))
    for gone in (signed_in[0], signed_in[2]):
        with pytest.raises(InvalidToken):
            await elsewhere.principal(_bearer(gone))


async def test_others_sessions_are_ended_by_administrators_only(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    person = await enter()
    signed_in = await _sign_in(caller, person)
    session = (await elsewhere.claims(_bearer(signed_in))).session
    assert (await caller.send("expert", "DELETE", f"/sessions/{session}")).status_code == 404
    assert (await caller.send("auditor", "DELETE", f"/sessions/{session}")).status_code == 403
    assert (await caller.send("expert", "DELETE", f"/sessions?account_id={person['id']}")).status_code == 403
    assert (await caller.send("admin", "DELETE", f"/sessions/{uuid4()}")).status_code == 404
    assert (await caller.send("admin", "DELETE", "/sessions/x")).status_code == 404
    assert (await caller.send("admin", "DELETE", f"/sessions?account_id={person['id']}")).json() == {"ended": 1}
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(signed_in))


async def test_a_session_is_renewed_with_a_token_for_a_token(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    signed_in = await _sign_in(caller, await enter())
    assert 43_000 < signed_in["refresh_expires_in"] <= 43_200
    renewed = (await _renew(caller, signed_in["refresh_token"])).json()
    assert renewed["refresh_token"] != signed_in["refresh_token"]
    before, after = await elsewhere.claims(_bearer(signed_in)), await elsewhere.claims(_bearer(renewed))
    assert (before.session, before.subject) == (after.session, after.subject)
    assert (await _renew(caller, renewed["refresh_token"])).status_code == 200


async def test_two_windows_that_renew_at_once_stay_signed_in(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    signed_in = await _sign_in(caller, await enter())
    both = await asyncio.gather(*(_renew(caller, signed_in["refresh_token"]) for _ in range(2)))
    assert [response.status_code for response in both] == [200, 200]
    one, other = (response.json() for response in both)
    assert one["refresh_token"] == other["refresh_token"] != signed_in["refresh_token"]
    for renewed in (one, other):
        await elsewhere.principal(_bearer(renewed))
    assert (await _renew(caller, one["refresh_token"])).status_code == 200
    assert (await _renew(caller, other["refresh_token"])).status_code == 200


async def test_a_renewing_token_that_comes_late_ends_the_session(
    caller: Caller, enter: Enter, elsewhere: Authenticator, database_url: str
) -> None:
    signed_in = await _sign_in(caller, await enter())
    renewed = (await _renew(caller, signed_in["refresh_token"])).json()
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "UPDATE escm.access_refresh_token SET used_at = now() - interval '31 seconds'"
        " WHERE digest = sha256($1::text::bytea)",
        signed_in["refresh_token"],
    )
    await connection.close()
    assert (await _renew(caller, signed_in["refresh_token"])).status_code == 400
    assert (await _renew(caller, renewed["refresh_token"])).status_code == 400
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(renewed))


async def test_a_renewing_token_whose_successor_was_used_ends_the_session(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    signed_in = await _sign_in(caller, await enter())
    first = (await _renew(caller, signed_in["refresh_token"])).json()
    renewed = (await _renew(caller, first["refresh_token"])).json()
    stolen = await _renew(caller, signed_in["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (await _renew(caller, renewed["refresh_token"])).status_code == 400
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(renewed))


@pytest.mark.parametrize(("form", "code"), [({}, "invalid_request"), ({"refresh_token": "x"}, "invalid_grant")])
async def test_what_renews_nothing_is_refused(caller: Caller, form: dict[str, str], code: str) -> None:
    response = await caller.http.post(TOKEN, data={"grant_type": "refresh_token", **form})
    assert (response.status_code, response.json()["error"]) == (400, code)


async def test_a_new_password_and_a_suspension_end_all_sessions(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    person = await enter()
    signed_in = await _sign_in(caller, person)
    own, change = await _sign_in(caller, person), {"password": "another password"}
    body = {"old_password": person["password"], "new_password": change["password"]}
    path, headers = "/access/v1/accounts/me/password", {"Authorization": _bearer(own)}
    wrong = await caller.http.post(path, json={**body, "old_password": "not the one"}, headers=headers)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "wrong_password")
    assert (await caller.http.post(path, json=body, headers=headers)).status_code == 204
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(signed_in))
    assert await elsewhere.principal(_bearer(own))
    signed_in = await _sign_in(caller, {**person, **change})
    link = f"/access/v1/accounts/{person['id']}"
    assert (await caller.step("admin", link, "suspend", reason="left")).status_code == 200
    assert (await caller.step("admin", link, "reinstate")).status_code == 200
    assert (await _renew(caller, signed_in["refresh_token"])).status_code == 400


async def test_the_fifty_first_session_ends_the_oldest(caller: Caller, enter: Enter, database_url: str) -> None:
    person = await enter()
    signed_in = await _sign_in(caller, person)
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "INSERT INTO escm.access_session SELECT uuidv7(), 'SES-' || gen_random_uuid(), 1, 'active', NULL, 'restricted',"
        " now(), 'x', now(), 'x', $1, NULL, now() + interval '1 day' FROM generate_series(1, 49)",
        person["id"],
    )
    await connection.close()
    latest = await _sign_in(caller, person)
    assert len((await _as(caller, latest, "GET", "/sessions")).json()["items"]) == 50
    assert (await _renew(caller, signed_in["refresh_token"])).status_code == 400


async def test_time_ends_sessions_and_forgets_them(caller: Caller, enter: Enter, database_url: str) -> None:
    person = await enter()
    idle, kept = await _sign_in(caller, person), await _sign_in(caller, person)
    over = await _sign_in(caller, person)
    connection = await asyncpg.connect(database_url)
    of_token = "session_id = (SELECT session_id FROM escm.access_refresh_token WHERE digest = sha256($1::text::bytea))"
    past = "now() - interval '1 minute'"
    await connection.execute(
        f"UPDATE escm.access_refresh_token SET until = {past} WHERE {of_token}", idle["refresh_token"]
    )
    await connection.execute(
        f"UPDATE escm.access_session SET ends_at = {past} WHERE {of_token.replace('session_id', 'id', 1)}",
        over["refresh_token"],
    )
    assert (await _renew(caller, idle["refresh_token"])).status_code == 400
    async with setting_up(database_url) as uow:
        await expire_sessions(uow)
    statement = "SELECT status FROM escm.access_session WHERE account_id = $1 ORDER BY id"
    assert [row[0] for row in await connection.fetch(statement, person["id"])] == ["expired", "active", "expired"]
    await connection.execute(
        "UPDATE escm.access_session SET updated_at = now() - interval '91 days' WHERE account_id = $1", person["id"]
    )
    async with setting_up(database_url) as uow:
        await expire_sessions(uow)
    assert [row[0] for row in await connection.fetch(statement, person["id"])] == ["active"]
    await connection.close()
    assert (await _renew(caller, kept["refresh_token"])).status_code == 200


async def test_signing_in_and_out_leaves_one_entry_and_one_fact_each(
    caller: Caller, enter: Enter, elsewhere: Authenticator, database_url: str
) -> None:
    signed_in = await _sign_in(caller, await enter())
    session = (await elsewhere.claims(_bearer(signed_in))).session
    await _renew(caller, signed_in["refresh_token"])
    await _as(caller, signed_in, "DELETE", f"/sessions/{session}")
    connection = await asyncpg.connect(database_url)
    actions = await connection.fetch("SELECT action FROM escm.core_audit WHERE subject = $1 ORDER BY id", session)
    facts = await connection.fetch(
        "SELECT type FROM escm.core_outbox WHERE subject = $1 UNION ALL"
        " SELECT type FROM escm.core_fact WHERE subject = $1",
        session,
    )
    await connection.close()
    assert [row[0] for row in actions] == ["create", "end"]
    assert sorted(row[0] for row in facts) == ["escm.access.session.created.v1", "escm.access.session.ended.v1"]


async def test_a_renewing_token_is_revoked_with_its_session(
    caller: Caller, enter: Enter, elsewhere: Authenticator
) -> None:
    signed_in, kept = [await _sign_in(caller, person) for person in (await enter(), await enter())]
    auth = (caller.demo["clients"]["secretariat"]["id"], caller.demo["clients"]["secretariat"]["secret"])
    form = {"token": signed_in["refresh_token"], "token_type_hint": "refresh_token"}
    assert (await caller.http.post(REVOKE, data=form, auth=auth)).status_code == 200
    await elsewhere.principal(_bearer(signed_in))
    for sent in (form, form, {"token": "escm_refresh_unknown", "token_type_hint": "access_token"}):
        assert (await caller.http.post(REVOKE, data=sent)).status_code == 200
    with pytest.raises(InvalidToken):
        await elsewhere.principal(_bearer(signed_in))
    assert (await _renew(caller, signed_in["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await _renew(caller, kept["refresh_token"])).status_code == 200
