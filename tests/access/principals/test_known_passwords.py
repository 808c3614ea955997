"""A known password is rejected, however it is set."""

from uuid import uuid4

import asyncpg
import pytest

from services.access.administration import create_admin, enter_account, setting_up
from services.access.principals.accounts.known_passwords import is_known
from shared.kernel.errors import Invalid
from tests.access.caller import Caller

ACCOUNT = ("Ana María Example", "ana.qureshi@ministry.example.org")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "P@ssw0rd!!!!",
        "passwordpassword",
        "qwertyuiop12",
        "123456789012",
        "012345678901",
        "abcdefghijkl",
        "zzzzzzzzzzzz",
        "iloveyou!!!!!!",
        "football2026!",
        "AnaQureshi2026",
        "María.Example1",
        "ESCM-secretariat!",
        "ministry.example",
    ],
)
def test_a_password_that_is_tried_first_is_known(password: str) -> None:
    assert is_known(password, ACCOUNT)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "the right password",
        "k7Qz-pw-4Tn2-xx",
        "Ana likes blue herons",
        "пароль для меня одного",
        "b1946ac92492d2347c6235b4d2611184",
    ],
)
def test_a_password_of_ones_own_is_not(password: str) -> None:
    assert not is_known(password, ACCOUNT)


async def test_a_password_after_a_mail_is_looked_at(caller: Caller, database_url: str) -> None:
    email, token = f"{uuid4().hex}@example.org", uuid4().hex
    async with setting_up(database_url) as uow:
        account = await enter_account(uow, email, "Ana Qureshi", uuid4().hex)
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "INSERT INTO escm.access_account_token VALUES"
        " (sha256($1::text::bytea), $2, 'password', $3, now() + interval '1 hour')",
        token,
        account,
        email,
    )
    await connection.close()
    path = "/access/v1/accounts/password_reset/confirm"
    for known in ("password1234", "AnaQureshi2026"):
        refused = await caller.http.post(path, json={"token": token, "password": known})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "password_known")
        assert known not in refused.text
    assert (await caller.http.post(path, json={"token": token, "password": uuid4().hex})).status_code == 204


async def test_an_administrator_has_no_known_password(database_url: str) -> None:
    with pytest.raises(Invalid):
        await create_admin(database_url, f"{uuid4().hex}@example.org", "administrator1")
