"""A known password is rejected, however it is set."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import create_admin, enter_account, setting_up
from services.access.app import create_app
from services.access.principals.accounts.known_passwords import is_known
from services.access.principals.accounts.leaked_passwords import NotSorted, is_leaked, prepare
from services.access.settings import AccessSettings
from shared.kernel.errors import Invalid
from tests.access.caller import Caller
from tests.access.conftest import ORIGIN
from tests.support.documents import run_escm
from tests.support.inside import Inside

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


def test_a_leaked_password_is_found_in_its_file_and_no_other(tmp_path: Path) -> None:
    """Also the first and the last one of the list."""
    leaked = [f"leaked password {number}" for number in range(100)]
    path = tmp_path / "leaked"
    assert prepare(sorted(f"{hashlib.sha1(each.encode()).hexdigest()}:7\r\n".encode() for each in leaked), path) == 100
    assert (path.stat().st_size, AccessSettings(breached_passwords=path).breached_passwords) == (800, path)
    assert all(is_leaked(path, each) for each in leaked)
    assert not any(is_leaked(path, f"another {each}") for each in leaked)


@pytest.mark.parametrize("lines", [["b" * 40, "a" * 40], ["a" * 39], ["g" * 40], ["password"], ["a" * 40, ""]])
def test_a_list_that_is_not_sorted_leaves_the_file_as_it_was(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "leaked"
    prepare([b"c" * 40], path)
    before = path.read_bytes()
    with pytest.raises(NotSorted):
        prepare([line.encode() for line in lines], path)
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (before, ["leaked"])


@pytest.mark.long("runs a command twice")
def test_the_command_makes_the_file_that_the_setting_names(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{hashlib.sha1(b'correct horse').hexdigest().upper()}:3\n")
    status, said = run_escm("escm passwords prepare list.txt leaked", tmp_path)
    assert (status, "leaked has 1 passwords." in said) == (0, True)
    assert is_leaked(tmp_path / "leaked", "correct horse")
    (tmp_path / "list.txt").write_text("correct horse\n")
    status, said = run_escm("escm passwords prepare list.txt leaked", tmp_path)
    assert (status, "line 1 is not a SHA-1" in said) == (1, True)
    for path in (tmp_path / "none", tmp_path / "list.txt"):
        with pytest.raises(ValueError, match="names no file"):
            AccessSettings(breached_passwords=path)


async def test_nobody_chooses_a_leaked_password(
    settings: AccessSettings, demo: dict[str, Any], database_url: str, tmp_path: Path
) -> None:
    path, leaked = tmp_path / "leaked", f"leaked {uuid4().hex}"
    prepare([hashlib.sha1(leaked.encode()).hexdigest().encode()], path)
    application = create_app(settings.model_copy(update={"breached_passwords": path}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=Inside(application), base_url=ORIGIN) as http,
    ):
        caller, email, first = Caller(http, demo, database_url), f"{uuid4().hex}@example.org", uuid4().hex
        await caller.enter_person(email, first)
        token = (await caller.log_in(email, first)).json()["access_token"]
        for password, status in ((leaked, 422), (uuid4().hex, 204)):
            changed = await http.post(
                "/access/v1/accounts/me/password",
                json={"old_password": first, "new_password": password},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert changed.status_code == status, changed.text
        assert (await caller.log_in(email, leaked)).status_code == 400


async def test_an_administrator_has_no_known_password(database_url: str) -> None:
    with pytest.raises(Invalid):
        await create_admin(database_url, f"{uuid4().hex}@example.org", "administrator12345")
