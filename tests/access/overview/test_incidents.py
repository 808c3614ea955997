"""At three in the morning an operator stops people and programs from the command line; the audit trail shows it."""

import asyncio
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app as commands
from tests.access.caller import TOKEN, Caller
from tests.support.mailbox import Mailbox, token_in

_PASSWORD = "a sentence of five words"
_WHY = ("--reason", "Seen on a list of stolen passwords.")


async def _escm(database_url: str, *arguments: str) -> Result:
    given = {"DATABASE_URL": database_url}
    return await asyncio.to_thread(CliRunner().invoke, commands, list(arguments), env=given)


async def _done(database_url: str, *arguments: str) -> str:
    result = await _escm(database_url, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
async def email(caller: Caller) -> str:
    """The address of somebody who may sign in."""
    address = f"{uuid4().hex}@example.org"
    await caller.enter_person(address, _PASSWORD)
    return address


async def test_an_account_is_disabled_and_the_secretariat_alone_reinstates_it(
    caller: Caller, email: str, database_url: str
) -> None:
    session = (await caller.log_in(email, _PASSWORD)).json()
    assert email in await _done(database_url, "account", "list", email[:12])
    said = await _done(database_url, "account", "disable", email.upper(), *_WHY)
    assert "is suspended" in said
    assert (await caller.log_in(email, _PASSWORD)).status_code == 400
    form = {"grant_type": "refresh_token", "refresh_token": session["refresh_token"]}
    assert (await caller.http.post(TOKEN, data=form)).status_code == 400

    (found,) = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    assert (found["status"], found["suspended_by"]) == ("suspended", "secretariat")
    (line, *_) = (await caller.send("admin", "GET", f"/accounts/{found['id']}/history")).json()["items"]
    assert (line["action"], line["by"]["kind"], line["reason"]) == ("suspend", "system", _WHY[1])
    assert "suspended" in await _done(database_url, "account", "list", email)
    assert (await _escm(database_url, "account", "disable", email, *_WHY)).exit_code == 1
    assert (await caller.step("admin", found["links"]["self"], "reinstate")).status_code == 200
    assert (await caller.log_in(email, _PASSWORD)).status_code == 200


async def test_the_owner_of_an_account_is_mailed_a_link_to_another_password(
    caller: Caller, email: str, posted: Mailbox, database_url: str
) -> None:
    await _done(database_url, "account", "reset", email)
    body = {"token": token_in(await posted.next_to(email)), "password": "another sentence of words"}
    chosen = await caller.http.post("/access/v1/accounts/password_reset/confirm", json=body)
    assert chosen.status_code == 204
    assert (await caller.log_in(email, body["password"])).status_code == 200
    (found,) = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    lines = (await caller.send("admin", "GET", f"/accounts/{found['id']}/history")).json()["items"]
    assert ("send_password_reset", "system") in [(line["action"], line["by"]["kind"]) for line in lines]
    await _done(database_url, "account", "disable", email, *_WHY)
    refused = await _escm(database_url, "account", "reset", email)
    assert (refused.exit_code, "The account is suspended." in refused.output) == (1, True)


async def test_a_client_is_revoked(caller: Caller, database_url: str) -> None:
    name = f"Leaking {uuid4().hex}"
    made = await _done(database_url, "client", "create", name, "--country", "XA")
    client, secret = (line.partition("=")[2] for line in made.splitlines())
    assert (await caller.client_token(client, secret)).status_code == 200
    assert client in await _done(database_url, "client", "list", name.upper())
    await _done(database_url, "client", "revoke", client, *_WHY)
    assert (await caller.client_token(client, secret)).status_code == 401
    assert "No clients." in await _done(database_url, "client", "list", name)
    (found,) = (await caller.send("admin", "GET", f"/clients?q={name}")).json()["items"]
    (line, *_) = (await caller.send("admin", "GET", f"/clients/{found['id']}/history")).json()["items"]
    assert (found["status"], line["by"]["kind"], line["reason"]) == ("revoked", "system", _WHY[1])
    again = await _escm(database_url, "client", "revoke", client, *_WHY)
    assert (again.exit_code, "The client is revoked." in again.output) == (1, True)


async def test_a_grant_is_ended(caller: Caller, email: str, database_url: str) -> None:
    (account,) = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    wanted = {"principal": {"kind": "account", "id": account["id"]}, "role": "national_author"}
    granted = await caller.send("admin", "POST", "/grants", {**wanted, "scope_kind": "country", "scope_id": "XA"})
    assert granted.status_code == 201, granted.text
    ref = granted.json()["ref"]
    listed = await _done(database_url, "grant", "list", email)
    assert (ref in listed, email in listed) == (True, True)
    assert "national_author" in await _done(database_url, "account", "list", email)
    await _done(database_url, "grant", "end", ref, *_WHY)
    assert "No grants." in await _done(database_url, "grant", "list", email)
    ended = (await caller.send("admin", "GET", f"/grants/{ref}")).json()
    assert ended["status"] == "revoked"
    again = await _escm(database_url, "grant", "end", ref, *_WHY)
    assert (again.exit_code, "The grant is revoked." in again.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("account", "disable", "nobody@example.org", *_WHY),
        ("account", "reset", "nobody@example.org"),
        ("client", "revoke", "client-nowhere", *_WHY),
        ("grant", "end", "GRT-999999", *_WHY),
    ],
)
async def test_what_does_not_exist_is_named(database_url: str, words: tuple[str, ...]) -> None:
    refused = await _escm(database_url, *words)
    assert (refused.exit_code, "There is no" in refused.output) == (1, True), refused.output


async def test_an_act_without_a_reason_is_none(email: str, database_url: str) -> None:
    assert (await _escm(database_url, "account", "disable", email)).exit_code == 2
    assert "active" in await _done(database_url, "account", "list", email)
