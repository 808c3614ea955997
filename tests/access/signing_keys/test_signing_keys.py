"""Signing keys are rotated and revoked by two people; what a revoked one signed is refused, and the next token is
signed by its successor."""

import asyncio
from typing import Any

import asyncpg
import pytest
from joserfc import jws
from typer.testing import CliRunner

from deploy.cli.main import app as escm
from services.access.principals.tokens import signing
from services.membership.settings import MembershipSettings
from shared.auth import published, tokens
from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from shared.database.pool import Database
from tests.access.caller import TOKEN, Caller
from tests.support.clock import Clock, stopped_clock

KEYS = "/signing_keys"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stopped_clock(monkeypatch, published, tokens, signing)


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


async def signing_key(keeper: Caller, name: str = "admin") -> dict[str, Any]:
    """The record of the key that signed somebody's token."""
    kid = kid_of(await keeper.token(name))
    (found,) = (await keeper.send(name, "GET", f"{KEYS}?kid={kid}")).json()["items"]
    return dict(found)


async def by_two(keeper: Caller, record: dict[str, Any], action: str, **body: Any) -> Any:
    proposed = await keeper.step("admin", record["links"]["self"], action, **body)
    assert proposed.status_code == 202, proposed.text
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    own = await keeper.send("admin", "POST", place, {"decision": "confirm"})
    assert (own.status_code, own.json()["reason"]) == (403, "second_person_is_the_first")
    return await keeper.send("admin2", "POST", place, {"decision": "confirm"})


async def test_a_key_shows_its_name_and_days_and_neither_half(keeper: Caller) -> None:
    record = await signing_key(keeper)
    assert {"kid", "from", "until", "status"} <= record.keys()
    assert record["status"] == "active"
    assert not {"private", "public", "verifies_until", "signs_from"} & record.keys()
    path = f"{KEYS}/{record['id']}"
    offered = {
        one["action"]: one["requires"]
        for one in (await keeper.send("admin", "GET", f"{path}/transitions")).json()["allowed_actions"]
    }
    assert offered.keys() == {"rotate", "revoke"}
    assert all("step_up" in asked and "second_person" in asked for asked in offered.values())


async def test_a_rotated_key_signs_until_its_successor_does(keeper: Caller, own_url: str, clock: Clock) -> None:
    record = await signing_key(keeper)
    rotated = await by_two(keeper, record, "rotate")
    assert (rotated.status_code, rotated.json()["status"]) == (200, "rotated")
    items = (await keeper.send("admin", "GET", f"{KEYS}?status=active")).json()["items"]
    (successor,) = items
    assert successor["from"] == rotated.json()["until"]
    keys = (await keeper.http.get("/.well-known/jwks.json")).json()["keys"]
    assert {successor["kid"], record["kid"]} <= {key["kid"] for key in keys}
    clock.advance(2)
    assert kid_of((await _log_in(keeper))["access_token"]) == record["kid"]
    connection = await asyncpg.connect(own_url)
    hour = "interval '61 minutes'"
    await connection.execute(
        f"UPDATE escm.access_signing_key SET signs_from = signs_from - {hour}, signs_until = signs_until - {hour}"
    )
    await connection.close()
    clock.advance(2)
    assert kid_of((await _log_in(keeper))["access_token"]) == successor["kid"]
    again = await keeper.step("admin", record["links"]["self"], "rotate")
    assert (again.status_code, again.json()["reason"]) == (409, "not_in_this_state")


async def _log_in(keeper: Caller) -> dict[str, Any]:
    account = keeper.accounts["admin"]
    answer = await keeper.log_in(account["username"], account["password"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_a_revoked_key_signed_is_refused_everywhere(
    keeper: Caller, own_app: Any, own_url: str, clock: Clock
) -> None:
    session = await _log_in(keeper)
    header = f"Bearer {session['access_token']}"
    settings = MembershipSettings(database_url=own_url)
    elsewhere = await Database.open(settings.database_dsn(), size=1)
    settings.issuer = own_app.state.settings.issuer
    others = Authenticator(elsewhere, settings)
    try:
        clock.advance(20)
        await others.principal(header)
        record = await signing_key(keeper)
        clock.advance(9)
        await others.principal(header)
        revoked = await by_two(keeper, record, "revoke", reason="it leaked")
        assert (revoked.status_code, revoked.json()["status"]) == (200, "revoked"), revoked.text
        clock.advance(30)
        with pytest.raises(InvalidToken):
            await others.principal(header)
        refused = await keeper.http.get("/access/v1/me", headers={"Authorization": header})
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
        form = {"grant_type": "refresh_token", "refresh_token": session["refresh_token"]}
        renewed = (await keeper.http.post(TOKEN, data=form)).json()["access_token"]
        assert kid_of(renewed) != record["kid"]
        assert (await others.principal(f"Bearer {renewed}")).name
    finally:
        await elsewhere.close()
    keys = (await keeper.http.get("/.well-known/jwks.json")).json()["keys"]
    assert record["kid"] not in {key["kid"] for key in keys}
    connection = await asyncpg.connect(own_url)
    private, facts = await connection.fetchrow(
        "SELECT private, (SELECT count(*) FROM escm.core_outbox WHERE type = 'escm.access.signing_key.revoked.v1')"
        " + (SELECT count(*) FROM escm.core_fact WHERE type = 'escm.access.signing_key.revoked.v1')"
        " FROM escm.access_signing_key WHERE kid = $1",
        record["kid"],
    )
    await connection.close()
    assert (private, facts >= 1) == (b"", True)


async def test_a_waiting_successor_signs_at_once_when_the_present_key_is_revoked(keeper: Caller, clock: Clock) -> None:
    record = await signing_key(keeper)
    assert (await by_two(keeper, record, "rotate")).status_code == 200
    (successor,) = (await keeper.send("admin", "GET", f"{KEYS}?status=active")).json()["items"]
    assert (await by_two(keeper, record, "revoke", reason="it leaked")).status_code == 200
    clock.advance(2)
    assert kid_of((await _log_in(keeper))["access_token"]) == successor["kid"]


async def test_there_is_a_successor_after_the_waiting_one_is_revoked(keeper: Caller, clock: Clock) -> None:
    clock.advance(2)
    record = await signing_key(keeper)
    assert (await by_two(keeper, record, "rotate")).status_code == 200
    (waiting,) = (await keeper.send("admin", "GET", f"{KEYS}?status=active")).json()["items"]
    assert (await by_two(keeper, waiting, "revoke", reason="a mistake")).status_code == 200
    clock.advance(2)
    assert kid_of((await _log_in(keeper))["access_token"]) == record["kid"]
    (next_one,) = (await keeper.send("admin", "GET", f"{KEYS}?status=active")).json()["items"]
    ends = (await keeper.send("admin", "GET", f"{KEYS}/{record['id']}")).json()["until"]
    assert next_one["from"] <= ends


async def test_others_than_operators_and_administrators_see_no_key(keeper: Caller) -> None:
    record = await signing_key(keeper)
    for name in ("officer", "focal_point"):
        if name in keeper.accounts:
            assert (await keeper.send(name, "GET", f"{KEYS}/{record['id']}")).status_code == 404
            assert (await keeper.send(name, "GET", KEYS)).json().get("items", []) == []


async def test_the_command_lists_the_keys(keeper: Caller, own_url: str) -> None:
    record = await signing_key(keeper)
    given = {"DATABASE_URL": own_url}
    shown = await asyncio.to_thread(CliRunner().invoke, escm, ["keys"], env=given)
    assert shown.exit_code == 0, shown.output
    assert all(text in shown.output for text in (record["ref"], record["kid"][:12], "active"))
