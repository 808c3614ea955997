"""Addresses that no mail should go to, and tokens that are no longer or were never good, for each route that takes
them."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.access.caller import Caller
from tests.support.addresses import BAD_ADDRESSES
from tests.support.mailbox import Mailbox, token_in

ACCOUNTS = "/access/v1/accounts"
PASSWORD, ANOTHER = "four quiet words today", "four other words today"
_CONFIRM = {"password": "password_reset/confirm", "verification": "verification/confirm"}


@pytest.mark.parametrize("path", ["registration", "verification", "password_reset", ""])
@pytest.mark.parametrize(("email", "code"), BAD_ADDRESSES.items(), ids=lambda value: repr(value)[:24])
async def test_an_address_that_a_mail_would_read_otherwise_is_refused(
    caller: Caller, path: str, email: str, code: str
) -> None:
    body = {"email": email, **({"name": "Ana"} if path in ("registration", "") else {})}
    if path:
        refused = await caller.http.post(f"{ACCOUNTS}/{path}", json=body)
    else:
        refused = await caller.send("admin", "POST", "/accounts", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/email")
    assert refused.json()["errors"][0]["code"] == code
    assert "eve" not in refused.text


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("{}@münchen.example", "{}@xn--mnchen-3ya.example"),
        ("{}@例え.example", "{}@xn--r8jz45g.example"),
        ("ünï{}@example.org", "ünï{}@example.org"),
        ("{}+list@xn--mnchen-3ya.example", "{}+list@xn--mnchen-3ya.example"),
    ],
)
async def test_addresses_of_every_script_get_mails(caller: Caller, posted: Mailbox, address: str, sent: str) -> None:
    mark = uuid4().hex
    body = {"email": address.format(mark), "name": "Ana"}
    assert (await caller.http.post(f"{ACCOUNTS}/registration", json=body)).status_code == 202
    mail = await posted.next_to(sent.format(mark))
    chosen = {"token": token_in(mail), "password": PASSWORD}
    assert (await caller.http.post(f"{ACCOUNTS}/password_reset/confirm", json=chosen)).status_code == 204
    assert (await caller.log_in(body["email"], PASSWORD)).status_code == 200


class Tokens:
    """An account with a password and an unverified address, and the token of each kind that was mailed to it."""

    def __init__(self, caller: Caller, account: dict[str, Any], tokens: dict[str, str]) -> None:
        self.caller, self.account, self.tokens = caller, account, tokens

    async def send(self, route: str, token: str, method: str = "POST") -> httpx.Response:
        """Uses a token at the route for the tokens of a kind."""
        body = {"token": token} | ({"password": ANOTHER} if route == "password" else {})
        return await self.caller.http.request(method, f"{ACCOUNTS}/{_CONFIRM[route]}", json=body)

    async def spoil(self, how: str, kind: str, superuser: asyncpg.Connection) -> str:
        """The token of a kind, which is no longer good."""
        token, link = self.tokens[kind], f"/accounts/{self.account['id']}"
        match how:
            case "of another kind":
                (token,) = [other for name, other in self.tokens.items() if name != kind]
            case "expired":
                past = "UPDATE access_account_token SET until = now() - interval '1 second' WHERE account_id = $1"
                await superuser.execute(past, self.account["id"])
            case "used":
                assert (await self.send(kind, token)).status_code == 204
            case "of another address":
                etag = (await self.caller.send("admin", "GET", link)).headers["etag"]
                email = f"{uuid4().hex}@example.org"
                moved = await self.caller.send("admin", "PATCH", link, {"email": email}, **{"If-Match": etag})
                assert moved.status_code == 200, moved.text
            case "of a suspended account":
                await self.caller.step("admin", link, "suspend", reason="left")
            case "unknown":
                token = uuid4().hex
        return token


@pytest.fixture
async def tokens(caller: Caller, posted: Mailbox) -> Tokens:
    account = (await caller.enter_person(f"{uuid4().hex}@example.org", PASSWORD)).json()
    await posted.next_to(account["email"])
    found = {}
    for count, (kind, path) in enumerate({"verification": "verification", "password": "password_reset"}.items(), 2):
        await caller.http.post(f"{ACCOUNTS}/{path}", json={"email": account["email"]})
        found[kind] = token_in(await posted.next_to(account["email"], count))
    return Tokens(caller, account, found)


@pytest.mark.parametrize("kind", _CONFIRM)
@pytest.mark.parametrize(
    "how", ["of another kind", "expired", "used", "of another address", "of a suspended account", "unknown"]
)
async def test_a_token_that_is_not_good_changes_nothing(
    tokens: Tokens, superuser: asyncpg.Connection, kind: str, how: str
) -> None:
    token = await tokens.spoil(how, kind, superuser)
    stored = "SELECT version, password_hash, email_verified FROM access_account WHERE id = $1"
    before = await superuser.fetchrow(stored, tokens.account["id"])
    refused = await tokens.send(kind, token)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "token_not_valid")
    assert token not in refused.text
    assert await superuser.fetchrow(stored, tokens.account["id"]) == before


@pytest.mark.parametrize("kind", _CONFIRM)
@pytest.mark.parametrize(
    "token", ["", "x" * 101, "x" * 1_000_000, None, 7, ["x"], "a\u0000b"], ids=lambda t: str(t)[:9]
)
async def test_what_is_no_token_is_refused(caller: Caller, kind: str, token: Any) -> None:
    body = {"token": token, **({"password": ANOTHER} if kind == "password" else {})}
    refused = await caller.http.post(f"{ACCOUNTS}/{_CONFIRM[kind]}", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/token")


@pytest.mark.parametrize("kind", _CONFIRM)
async def test_a_program_that_opens_the_link_does_not_use_it_up(tokens: Tokens, kind: str) -> None:
    token = tokens.tokens[kind]
    for method in ("GET", "HEAD"):
        assert (await tokens.send(kind, token, method)).status_code == 405
    assert (await tokens.send(kind, token)).status_code == 204
