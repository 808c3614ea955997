"""Wrong passwords lock out the network that guesses, and nobody else."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.principals.tokens.domain import CEILING
from shared.kernel.addresses import may_come_from, site_of
from tests.access.caller import Caller
from tests.support.inside import Inside

LogIn = Callable[[str, str, str], Awaitable[httpx.Response]]
PASSWORD = "the right password"


@pytest.fixture
def log_in(app: Any, caller: Caller) -> LogIn:
    """Logs in from an address."""

    async def logged_in(address: str, email: str, password: str) -> httpx.Response:
        transport = Inside(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://access.test") as http:
            return await Caller(http, caller.demo).log_in(email, password)

    return logged_in


async def _email(caller: Caller) -> str:
    email = f"{uuid4().hex}@example.org"
    await caller.enter_person(email, PASSWORD)
    return email


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
    ],
)
def test_guesses_are_counted_by_network(address: str, network: str) -> None:
    assert site_of(address) == network


async def test_a_strangers_guesses_do_not_lock_the_owner_out(caller: Caller, log_in: LogIn) -> None:
    email = await _email(caller)
    guesses = [await log_in("198.51.100.1", email, "a wrong guess") for _ in range(8)]
    assert [guess.status_code for guess in guesses] == [400] * 6 + [429] * 2
    assert (await log_in("198.51.100.1", email, PASSWORD)).status_code == 429
    assert (await log_in("203.0.113.9", email, PASSWORD)).status_code == 200


async def test_a_network_of_many_addresses_counts_once(caller: Caller, log_in: LogIn) -> None:
    email = await _email(caller)
    guesses = [await log_in(f"2001:db8:1:2::{n}", email, "a wrong guess") for n in range(1, 8)]
    assert [guess.status_code for guess in guesses] == [400] * 6 + [429]
    assert (await log_in("2001:db8:1:3::1", email, PASSWORD)).status_code == 200


async def test_a_crowd_of_networks_is_slowed_and_the_owner_gets_in(
    caller: Caller, log_in: LogIn, database_url: str
) -> None:
    email = await _email(caller)
    digest = hashlib.sha256(email.encode()).digest()
    connection = await asyncpg.connect(database_url)
    await connection.execute("INSERT INTO escm.access_failed_login VALUES ($1, $2, now(), now())", digest, CEILING)
    assert (await log_in("198.51.100.2", email, "a wrong guess")).status_code == 400
    again = await log_in("198.51.100.2", email, "a wrong guess")
    assert (again.status_code, again.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(again.headers["retry-after"]) <= 30
    assert (await log_in("203.0.113.10", email, PASSWORD)).status_code == 200
    await connection.execute(
        "UPDATE escm.access_failed_login SET last_at = now() - interval '2 hours' WHERE email_digest = $1", digest
    )
    await connection.close()
    guesses = [await log_in("198.51.100.3", email, "a wrong guess") for _ in range(2)]
    assert [guess.status_code for guess in guesses] == [400] * 2


def test_a_network_of_mapped_addresses_is_the_ipv4_network() -> None:
    for allowed in ("192.0.2.0/24", "::ffff:192.0.2.0/120"):
        assert may_come_from("192.0.2.7", [allowed])
        assert may_come_from("::ffff:192.0.2.7", [allowed])
        assert not may_come_from("192.0.3.7", [allowed])
    assert not may_come_from("2001:db8::1", ["::ffff:0:0/96"])


@pytest.mark.long("hashes many passwords")
async def test_one_password_tried_with_many_accounts_is_slowed(app: Any, caller: Caller, log_in: LogIn) -> None:
    email = await _email(caller)
    token_service = app.state.token_service
    app.state.token_service = replace(
        token_service, settings=token_service.settings.model_copy(update={"failed_accounts": 20})
    )
    try:
        tries = [await log_in(f"2001:db8:9:9::{n}", f"{uuid4().hex}@example.org", "Summer2026!!") for n in range(40)]
        assert [response.status_code for response in tries] == [400] * 21 + [429] * 19
        assert 1 <= int(tries[-1].headers["retry-after"]) <= 30
        assert (await log_in("2001:db8:9:9::1", email, PASSWORD)).status_code == 429
        assert (await log_in("203.0.113.77", email, PASSWORD)).status_code == 200
        again = [await log_in("203.0.113.78", email, "a wrong guess") for _ in range(5)]
        assert [response.status_code for response in again] == [400] * 5
        others = [await log_in("203.0.113.78", f"{uuid4().hex}@example.org", "guess") for _ in range(19)]
        assert [response.status_code for response in others] == [400] * 19
    finally:
        app.state.token_service = token_service
