"""People move their account to another address: both are mailed, and whoever has account and new address confirms."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.access.caller import Caller
from tests.support.clock import room_in
from tests.support.mailbox import Mailbox, text_of, token_in

PASSWORD, REGISTRATION = "four quiet words today", "/access/v1/accounts/registration"
CONFIRM, REFUSE = "/me/email/confirm", "/email_change/refuse"


class Owner:
    """Somebody with an account and a session."""

    def __init__(self, caller: Caller, email: str, account: str) -> None:
        self.caller, self.email, self.account = caller, email, account

    async def sign_in(self) -> str:
        return str((await self.caller.log_in(self.email, PASSWORD)).json()["access_token"])

    async def post(self, path: str, bearer: str | None = None, **body: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer or await self.sign_in()}"}
        return await self.caller.http.post(f"/access/v1/accounts{path}", json=body, headers=headers)

    async def asks(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/me/email", password=password, email=email)

    async def read(self) -> dict[str, Any]:
        return dict((await self.caller.send("admin", "GET", f"/accounts/{self.account}")).json())


def _address() -> str:
    return f"{uuid4().hex}@example.org"


async def _owner(caller: Caller) -> Owner:
    email = _address()
    made = (await caller.enter_person(email, PASSWORD)).json()
    return Owner(caller, email, made["id"])


async def _moving(caller: Caller, posted: Mailbox) -> tuple[Owner, str, str]:
    """Somebody who has asked for an address, that address, and the token of the mail to it."""
    owner, wanted = await _owner(caller), _address()
    answer = await owner.asks(wanted)
    assert (answer.status_code, answer.json()) == (202, {}), answer.text
    return owner, wanted, token_in(await posted.next_to(wanted))


async def test_the_owner_moves_and_the_other_sessions_end(
    caller: Caller, posted: Mailbox, superuser: asyncpg.Connection
) -> None:
    owner, wanted, token = await _moving(caller, posted)
    other, present = [(await caller.log_in(owner.email, PASSWORD)).json() for _ in range(2)]
    assert (await owner.read())["email"] == owner.email, "until it is confirmed"
    moved = await owner.post(CONFIRM, present["access_token"], token=token)
    assert moved.status_code == 204, moved.text
    shown = await owner.read()
    assert (shown["email"], shown["email_verified"]) == (wanted, True)
    renewals = [
        (await caller.http.post("/access/v1/oauth/token", data={"grant_type": "refresh_token", "refresh_token": one}))
        for one in (other["refresh_token"], present["refresh_token"])
    ]
    assert [answer.status_code for answer in renewals] == [400, 200]
    assert (await caller.log_in(owner.email, PASSWORD)).status_code == 400
    assert (await caller.log_in(wanted, PASSWORD)).status_code == 200
    await posted.next_to(owner.email, having="Mails no longer come to this one")
    line = (await caller.send("admin", "GET", f"/accounts/{owner.account}/history")).json()["items"][0]
    assert (line["action"], line["by"]["id"]) == ("change_email", owner.account)
    fact = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = 'escm.access.account.moved.v1'"
    assert await superuser.fetchval(fact, owner.account) == 1
    owner.email = wanted
    assert (await owner.post(CONFIRM, token=token)).status_code == 422, "a token works once"


async def test_the_present_address_refuses(caller: Caller, posted: Mailbox) -> None:
    owner, wanted, token = await _moving(caller, posted)
    mail = await posted.next_to(owner.email, having="#keep=")
    assert wanted not in mail.as_string()
    refused = await caller.http.post(f"/access/v1/accounts{REFUSE}", json={"token": token_in(mail)})
    assert refused.status_code == 204, refused.text
    assert (await owner.post(CONFIRM, token=token)).json()["errors"][0]["code"] == "token_not_valid"
    assert (await owner.read())["email"] == owner.email


async def test_a_recovered_password_refuses_too(caller: Caller, posted: Mailbox) -> None:
    owner, _wanted, token = await _moving(caller, posted)
    asked = await caller.http.post("/access/v1/accounts/password_reset", json={"email": owner.email})
    assert asked.status_code == 202
    reset = token_in(await posted.next_to(owner.email, having="within 60 minutes"))
    body = {"token": reset, "password": PASSWORD}
    assert (await caller.http.post("/access/v1/accounts/password_reset/confirm", json=body)).status_code == 204
    assert (await owner.post(CONFIRM, token=token)).status_code == 422


async def test_nobody_confirms_for_another(caller: Caller, posted: Mailbox) -> None:
    owner, _wanted, token = await _moving(caller, posted)
    other = await _owner(caller)
    assert (await other.post(CONFIRM, token=token)).json()["errors"][0]["code"] == "token_not_valid"
    client = await caller.send("secretariat", "POST", "/accounts/me/email/confirm", {"token": token})
    assert (client.status_code, client.json()["reason"]) == (403, "not_permitted")
    assert (await owner.post(CONFIRM, token=token)).status_code == 204


async def test_the_newest_request_counts(caller: Caller, posted: Mailbox) -> None:
    owner, _wanted, first = await _moving(caller, posted)
    newest = _address()
    await owner.asks(newest)
    second = token_in(await posted.next_to(newest))
    assert [(await owner.post(CONFIRM, token=token)).status_code for token in (first, second)] == [422, 204]
    assert (await owner.read())["email"] == newest


async def test_an_address_of_another_gets_the_same_answer_and_no_token(caller: Caller, posted: Mailbox) -> None:
    owner, other = await _owner(caller), await _owner(caller)
    known, unknown = await owner.asks(other.email.upper()), await owner.asks(_address())
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"{}")
    mail = await posted.next_to(other.email, having="You already have an account")
    assert "#" not in text_of(mail)
    assert owner.email not in mail.as_string()
    await posted.next_to(owner.email, 2, having="#keep=")


async def test_an_address_that_somebody_registered_meanwhile_stays_theirs(caller: Caller, posted: Mailbox) -> None:
    owner, wanted, token = await _moving(caller, posted)
    await caller.enter_person(wanted, "another quiet password")
    taken = await owner.post(CONFIRM, token=token)
    assert taken.status_code == 409, taken.text
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/email")
    assert (await owner.read())["email"] == owner.email


async def test_a_change_takes_the_password_and_five_are_asked_a_day(caller: Caller, posted: Mailbox) -> None:
    await room_in(24 * 3600, 60)
    owner = await _owner(caller)
    wrong = await owner.asks(_address(), "not my password")
    assert (wrong.status_code, wrong.json()["errors"]) == (
        422,
        [{"pointer": "/password", "code": "wrong_password", "detail": "This is not your password."}],
    )
    answers = [(await owner.asks(_address())).status_code for _ in range(6)]
    assert answers == [202] * 5 + [429]


async def test_two_persons_change_the_address_of_an_administrator(caller: Caller) -> None:
    admin = caller.accounts["admin"]
    headers = {"Authorization": f"Bearer {await caller.token('admin')}"}
    body = {"password": admin["password"], "email": _address()}
    refused = await caller.http.post("/access/v1/accounts/me/email", json=body, headers=headers)
    assert (refused.status_code, refused.json()["reason"]) == (409, "second_person_needed"), refused.text


async def _registered(caller: Caller, posted: Mailbox) -> tuple[str, str]:
    """An address that a stranger registered, and the token of the mail to its owner."""
    email = _address()
    answer = await caller.http.post(REGISTRATION, json={"email": email, "name": "Sly Stranger", "language": "ru"})
    assert answer.status_code == 202
    return email, token_in(await posted.next_to(email))


async def test_a_registration_that_nobody_confirmed_does_not_keep_its_owner_out(
    caller: Caller, posted: Mailbox
) -> None:
    email, registered = await _registered(caller, posted)
    (before,) = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    made = await caller.send("admin", "POST", "/accounts", {"email": email.upper(), "name": "Olu Official"})
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["language"]) == ("Olu Official", "en")
    assert made.json()["id"] != before["id"]
    invitation = token_in(await posted.next_to(email.upper(), having="has set up an account"))
    statuses = [
        (await caller.http.post("/access/v1/accounts/password_reset/confirm", json={"token": token, "password": word}))
        for token, word in ((registered, "a password for nothing"), (invitation, PASSWORD))
    ]
    assert [answer.status_code for answer in statuses] == [422, 204]
    assert (await caller.log_in(email, PASSWORD)).status_code == 200
    old = (await caller.send("admin", "GET", f"/accounts/{before['id']}")).json()
    assert old["status"] == "closed"


async def test_a_registration_that_nobody_confirmed_does_not_keep_an_address(caller: Caller, posted: Mailbox) -> None:
    owner, wanted, token = await _moving(caller, posted)
    await caller.http.post(REGISTRATION, json={"email": wanted, "name": "Sly Stranger"})
    await posted.next_to(wanted, 2)
    assert (await owner.post(CONFIRM, token=token)).status_code == 204
    assert (await owner.read())["email"] == wanted


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_an_account_that_is_confirmed_or_holds_a_role_stays(
    caller: Caller, posted: Mailbox, is_confirmed: bool
) -> None:
    email, token = await _registered(caller, posted)
    (known,) = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    if is_confirmed:
        body = {"token": token, "password": PASSWORD}
        assert (await caller.http.post("/access/v1/accounts/password_reset/confirm", json=body)).status_code == 204
    else:
        holder = {"principal": {"kind": "account", "id": known["id"]}, "role": "national_author"}
        given = await caller.send("admin", "POST", "/grants", {**holder, "scope_kind": "country", "scope_id": "XA"})
        assert given.status_code == 201, given.text
    refused = await caller.send("admin", "POST", "/accounts", {"email": email, "name": "Olu Official"})
    assert refused.status_code == 409
