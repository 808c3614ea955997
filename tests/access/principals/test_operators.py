"""Operators make clients and accounts from the command line."""

import asyncio
import re
from uuid import uuid4

from click.testing import Result
from typer.testing import CliRunner

from deploy.cli.main import app as commands
from tests.access.caller import Caller
from tests.support.mailbox import Mailbox, token_in


async def _escm(database_url: str, *arguments: str) -> Result:
    given = {"DATABASE_URL": database_url}
    return await asyncio.to_thread(CliRunner().invoke, commands, list(arguments), env=given)


async def test_a_client_is_made_with_its_roles(caller: Caller, database_url: str) -> None:
    name = f"Ministry {uuid4().hex}"
    made = await _escm(
        database_url, "client", "create", name, "--country", "XA", "--role", "national_author", "--write"
    )
    assert made.exit_code == 0, made.output
    found = re.fullmatch(r"client_id=(\S+)\nclient_secret=(\S+)\n", made.output)
    assert found is not None, made.output
    assert (await caller.client_token(*found.groups())).status_code == 200
    (client,) = (await caller.send("admin", "GET", f"/clients?q={name}")).json()["items"]
    assert (client["country"], client["verbs"], client["status"]) == ("XA", ["read", "write"], "active")
    granted = (await caller.send("admin", "GET", f"/grants?principal_id={client['id']}")).json()["items"]
    assert {(grant["role"], grant["scope_id"]) for grant in granted} == {
        ("api_client", "XA"),
        ("national_author", "XA"),
    }


async def test_a_client_with_what_does_not_exist_is_not_made(caller: Caller, database_url: str) -> None:
    name = f"Ministry {uuid4().hex}"
    for wrong in (("--role", "emperor"), ("--country", "QQ"), ("--role", "auditor", "--country", "QQ")):
        refused = await _escm(database_url, "client", "create", name, *wrong)
        assert (refused.exit_code, "client_secret" in refused.output) == (1, False), refused.output
    assert (await caller.send("admin", "GET", f"/clients?q={name}")).json()["items"] == []


async def test_a_person_is_invited_with_a_role(caller: Caller, posted: Mailbox, database_url: str) -> None:
    email = f"{uuid4().hex}@example.org"
    arguments = ("account", "invite", email, "--name", "Ana", "--role", "national_author", "--country", "XA")
    invited = await _escm(database_url, *arguments)
    assert invited.exit_code == 0, invited.output
    body = {"token": token_in(await posted.next_to(email)), "password": "a sentence of five words"}
    chosen = await caller.http.post("/access/v1/accounts/password_reset/confirm", json=body)
    assert chosen.status_code == 204
    assert (await caller.log_in(email, body["password"])).status_code == 200
    again = await _escm(database_url, *arguments)
    assert (again.exit_code, "There is an account with this address." in again.output) == (1, True), again.output
    refused = await _escm(database_url, "account", "invite", f"b{email}", "--name", "Ana", "--role", "api_client")
    assert refused.exit_code == 1
