"""A change of one's own password needs the old one; wrong ones count like failed logins."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.access.caller import Caller
from tests.access.factors.persons import a_person
from tests.support.inside import Inside
from tests.support.signing_in import SIGN_IN

PASSWORD, NEXT = "the right password", "another right password"
SHORT = "owl rain desk"
From = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def calling(app: Any) -> From:
    """A client at an address."""

    def client(address: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=Inside(app, client=(address, 1)), base_url="http://access.test")

    return client


async def _signed_in(caller: Caller, at: httpx.AsyncClient) -> tuple[str, str]:
    """The address of a new person, and their token."""
    email = f"{uuid4().hex}@example.org"
    await caller.enter_person(email, PASSWORD)
    return email, (await Caller(at, caller.demo).log_in(email, PASSWORD)).json()["access_token"]


async def _change(at: httpx.AsyncClient, token: str, old: str) -> httpx.Response:
    body = {"old_password": old, "new_password": NEXT}
    headers = {"Authorization": f"Bearer {token}"}
    return await at.post("/access/v1/accounts/me/password", json=body, headers=headers)


async def test_wrong_old_passwords_lock_their_place_and_no_other(caller: Caller, calling: From) -> None:
    async with calling("198.51.100.21") as thief, calling("203.0.113.21") as owner:
        email, token = await _signed_in(caller, owner)
        guesses = [await _change(thief, token, "a wrong guess") for _ in range(8)]
        assert [guess.status_code for guess in guesses] == [422] * 6 + [429] * 2
        assert (await _change(thief, token, PASSWORD)).status_code == 429, "the right one is no way around"
        assert (await Caller(thief, caller.demo).log_in(email, PASSWORD)).status_code == 429
        assert (await Caller(owner, caller.demo).log_in(email, PASSWORD)).status_code == 200
        assert (await _change(owner, token, PASSWORD)).status_code == 204
        assert (await Caller(owner, caller.demo).log_in(email, NEXT)).status_code == 200


async def test_wrong_sign_ins_count_for_the_old_password_too(caller: Caller, calling: From) -> None:
    async with calling("198.51.100.22") as thief:
        email, token = await _signed_in(caller, thief)
        for _ in range(3):
            assert (await Caller(thief, caller.demo).log_in(email, "a wrong guess")).status_code == 400
        guesses = [await _change(thief, token, "a wrong guess") for _ in range(4)]
        assert [guess.status_code for guess in guesses] == [422] * 3 + [429]


@pytest.mark.long("hashes many passwords")
async def test_more_people_than_connections_change_their_passwords_at_once(caller: Caller, calling: From) -> None:
    async with calling("203.0.113.23") as at:
        tokens = [(await _signed_in(caller, at))[1] for _ in range(8)]
        done = await asyncio.gather(*(_change(at, token, PASSWORD) for token in tokens))
        assert [response.status_code for response in done] == [204] * 8


async def test_a_password_without_a_second_factor_has_fifteen_characters(caller: Caller) -> None:
    person = await a_person(caller)
    body = {"old_password": person.visitor.password, "new_password": f"{SHORT}s"}
    refused = await person.send("POST", "/accounts/me/password", body)
    fault = {
        "pointer": "/new_password",
        "code": "too_short",
        "detail": "At least 15 characters, or 12 with a second factor.",
    }
    assert (refused.status_code, refused.json()["errors"]) == (422, [fault])
    await person.with_app()
    assert (await person.send("POST", "/accounts/me/password", {**body, "new_password": SHORT})).status_code == 204


async def test_a_password_after_a_mail_is_as_long(caller: Caller, superuser: asyncpg.Connection) -> None:
    person, token = await a_person(caller), uuid4().hex
    await superuser.execute(
        "INSERT INTO escm.access_account_token VALUES"
        " (sha256($1::text::bytea), $2, 'password', $3, now() + interval '1 hour')",
        token,
        person.account,
        person.visitor.email,
    )
    path = "/access/v1/accounts/password_reset/confirm"
    refused = await caller.http.post(path, json={"token": token, "password": SHORT})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too_short")
    await person.with_app()
    assert (await caller.http.post(path, json={"token": token, "password": SHORT})).status_code == 204
    page = await person.visitor.get(SIGN_IN)
    assert "ticket=" in (await person.visitor.sign_in(page, SHORT)).headers["location"]
