"""People sign in at a provider: the way there and back, whose account it is, and how it is linked."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.erasing import erase_account
from services.access.federation.remote import providers
from services.access.self_service.own_account.jobs import delete_unused
from shared.kernel.clock import now
from tests.access.caller import Caller
from tests.access.federation.connecting import Connected, connect
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.mailbox import Mailbox, token_in
from tests.support.providers import CLIENT, SECRET, FakeProvider, keys_of_every_kind
from tests.support.signing_in import ACCOUNT, SIGN_IN, answer_of


def _address(domain: str = "example.org") -> str:
    return f"{uuid4().hex}@{domain}"


async def _account_of(caller: Caller, email: str) -> dict[str, Any] | None:
    found = (await caller.send("admin", "GET", f"/accounts?email={email}")).json()["items"]
    return found[0] if found else None


async def _identities(caller: Caller, account: str) -> list[dict[str, Any]]:
    return list((await caller.send("admin", "GET", f"/identities?account_id={account}")).json()["items"])


def _without_token(page: httpx.Response) -> str:
    return page.text.replace(page.text.partition('name="token" value="')[2][:64], "")


async def test_an_unknown_person_gets_an_account_without_grants(
    caller: Caller, connected: Connected, fake: FakeProvider
) -> None:
    visitor, email = connected.visitor(), _address()
    name = '<script>alert("x")</script>'
    page = await connected.signs_in(visitor, "unknown", email=email, email_verified=True, name=name)
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    account = await _account_of(caller, email)
    assert account is not None
    assert (account["name"], account["email_verified"], account["created_by"]) == (
        name, False, f"account:{account['id']}",
    )  # fmt: skip
    grants = await caller.send("admin", "GET", f"/grants?principal_id={account['id']}")
    assert grants.json()["items"] == []
    (identity,) = await _identities(caller, account["id"])
    assert (identity["provider"], identity["subject"], identity["issuer"]) == (connected.code, "unknown", fake.url)
    (session,) = (await caller.send("admin", "GET", f"/sessions?account_id={account['id']}")).json()["items"]
    assert (session["provider"], session["acr"], session["amr"]) == (connected.code, "1", [])
    again = connected.visitor()
    await connected.signs_in(again, "unknown", email=_address(), email_verified=True, name="Other")
    assert (await _account_of(caller, email) or {})["name"] == name, "the subject decides, and claims change nothing"
    (form, header), _ = fake.forms
    assert "client_assertion" in form
    assert not header


async def test_a_client_learns_level_means_and_time_of_the_provider(
    caller: Caller, connected: Connected, fake: FakeProvider
) -> None:
    site, visitor = await a_site(caller), connected.visitor()
    page = await visitor.follow(await visitor.get(site.address()))
    assert f"{connected.start}?request=" in page.text
    start = page.text.partition(f'href="{connected.start}')[2].partition('"')[0].replace("&amp;", "&")
    claims = {"email": _address(), "email_verified": True, "amr": ["pwd", "mfa"], "acr": "urn:x"}
    arrived = await connected.arrives(visitor, uuid4().hex, f"{connected.start}{start}", **claims)
    consent = await visitor.follow(arrived)
    answer = answer_of(await visitor.fill(consent, {"decision": "allow"}))
    tokens = (await site.exchange(answer["code"])).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    items = (await caller.http.get("/access/v1/sessions", headers=headers)).json()["items"]
    assert {(one["provider"], one["acr"], tuple(one["amr"])) for one in items} == {
        (connected.code, "2", ("pwd", "mfa"))
    }


async def test_a_secret_is_shown_to_the_provider_alone(caller: Caller, another: FakeProvider) -> None:
    connected = await connect(caller, another, auth="secret", secret=SECRET, accounts="anyone")
    await connected.signs_in(connected.visitor(), "one", email=_address(), email_verified=True)
    ((form, header),) = another.forms
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    assert (unquote(name), unquote(secret)) == (CLIENT, SECRET)
    assert "client_secret" not in form


async def test_a_return_belongs_to_one_browser_one_provider_and_one_time(
    caller: Caller, connected: Connected, another: FakeProvider
) -> None:
    victim, attacker = connected.visitor(), connected.visitor()
    answer = await connected.answer(attacker, "attacker", email=_address(), email_verified=True)
    await victim.get(SIGN_IN)
    for visitor in (victim, connected.visitor()):
        refused = await connected.returns(visitor, answer)
        assert (refused.status_code, "location" in refused.headers) == (400, False)
        assert refused.headers["content-type"].startswith("text/html")
    other = await connect(caller, another)
    assert (await other.returns(attacker, answer)).status_code == 400, "a mix-up"
    for changed in ({"state": "x"}, {"state": ""}):
        assert (await connected.returns(attacker, {**answer, **changed})).status_code == 400
    assert (await connected.returns(attacker, answer)).status_code == 303
    assert (await connected.returns(attacker, answer)).status_code == 400, "a second time"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://id.gov.example"},
        {"iss": ""},
        {"error": "access_denied"},
        {"code": ""},
        {"code": "another"},
    ],
)
async def test_an_answer_that_the_provider_did_not_give_is_refused(
    connected: Connected, fake: FakeProvider, changed: dict[str, str]
) -> None:
    visitor = connected.visitor()
    answer = await connected.answer(visitor, "x", email=_address(), email_verified=True)
    refused = await connected.returns(visitor, {**answer, **changed})
    assert refused.status_code == 400
    assert "did not sign you in" in refused.text
    assert 'name="password"' in refused.text, "the other ways stay"
    without = await connected.answer(visitor, "x")
    del without["iss"]
    assert (await connected.returns(visitor, without)).status_code == 400, "announced, and missing"


async def test_while_the_provider_is_away_the_other_ways_stay(caller: Caller, another: FakeProvider) -> None:
    connected, other = await connect(caller, another, accounts="anyone"), await a_visitor(caller)
    visitor = connected.visitor()
    answer = await connected.answer(visitor, "x", email=_address(), email_verified=True)
    another.instead = {"/token": (502, b"")}
    away = await connected.returns(visitor, answer)
    assert (away.status_code, away.headers["retry-after"]) == (503, "30")
    assert "does not respond" in away.text
    assert 'name="password"' in away.text
    as_json = await visitor.get(connected.start, Accept="application/json")
    assert as_json.status_code == 303, "the documents are kept"
    assert (await other.come()).status_code == 200


async def test_an_invited_person_of_the_domain_is_linked_once(caller: Caller, connected: Connected) -> None:
    email = _address("gov.example")
    made = await caller.send("admin", "POST", "/accounts", {"email": email, "name": "Amina Khan"})
    refused = await connected.arrives(connected.visitor(), "amina", email=email, email_verified=False)
    assert refused.status_code == 403
    page = await connected.signs_in(connected.visitor(), "amina", email=email.upper(), email_verified=True, name="Eve")
    assert "Amina Khan" in page.text
    account = await _account_of(caller, email)
    assert account is not None
    assert (account["id"], account["email_verified"]) == (made.json()["id"], True)
    second = await connected.arrives(connected.visitor(), "eve", email=email, email_verified=True)
    assert second.status_code == 403, "another subject with the address"


async def test_an_account_with_a_password_is_not_taken_over(caller: Caller, connected: Connected) -> None:
    for domain in ("gov.example", "example.org"):
        email = _address(domain)
        await caller.enter_person(email, "four words of somebody")
        taken = await connected.arrives(connected.visitor(), uuid4().hex, email=email, email_verified=True)
        unknown = await connected.arrives(connected.visitor(), uuid4().hex, name="Nobody")
        assert (taken.status_code, unknown.status_code) == (403, 403)
        assert _without_token(taken) == _without_token(unknown), "it does not say that there is an account"


async def test_one_address_at_two_providers_is_two_identities(
    caller: Caller, connected: Connected, another: FakeProvider
) -> None:
    other, email = await connect(caller, another, accounts="anyone"), _address()
    await connected.signs_in(connected.visitor(), "first", email=email, email_verified=True, name="First")
    refused = await other.arrives(other.visitor(), "second", email=email, email_verified=True, name="Second")
    assert refused.status_code == 403
    account = await _account_of(caller, email)
    assert account is not None
    assert [one["subject"] for one in await _identities(caller, account["id"])] == ["first"]


async def test_a_signed_in_person_links_and_takes_back(
    caller: Caller, connected: Connected, another: FakeProvider
) -> None:
    visitor, subject = await a_visitor(caller), uuid4().hex
    page = await visitor.come()
    link = page.text.partition(f'href="{connected.start}')[2].partition('"')[0]
    assert link.startswith("?form=")
    forged = await visitor.get(f"{connected.start}?form={'0' * 64}")
    assert forged.status_code == 400
    linked = await connected.arrives(
        visitor, subject, f"{connected.start}{link}", email="x@y.example", email_verified=True
    )
    assert (linked.status_code, linked.headers["location"]) == (303, ACCOUNT)
    page = await visitor.get(ACCOUNT)
    assert "x@y.example" in page.text
    thief = await a_visitor(caller)
    page = await thief.come()
    link = page.text.partition(f'href="{connected.start}')[2].partition('"')[0]
    taken = await connected.arrives(thief, subject, f"{connected.start}{link}")
    assert (taken.status_code, "another account" in taken.text) == (409, True)
    await connected.signs_in(connected.visitor(), subject)
    account = await _account_of(caller, visitor.email)
    assert account is not None
    (identity,) = await _identities(caller, account["id"])
    assert identity["last_used"] is not None
    page = await visitor.get(ACCOUNT)
    assert (await visitor.fill(page, {"action": f"unlink {identity['id']}"})).status_code == 303
    assert await _identities(caller, account["id"]) == []
    items = (await caller.send("admin", "GET", f"/sessions?account_id={account['id']}")).json()["items"]
    assert [one for one in items if one["provider"]] == []


async def test_the_last_way_in_stays(caller: Caller, connected: Connected) -> None:
    visitor, email = connected.visitor(), _address()
    page = await connected.signs_in(visitor, uuid4().hex, email=email, email_verified=True)
    account = await _account_of(caller, email)
    assert account is not None
    (identity,) = await _identities(caller, account["id"])
    refused = await visitor.fill(page, {"action": f"unlink {identity['id']}"})
    assert (refused.status_code, "only way" in refused.text) == (409, True)
    by_admin = await caller.send("admin", "DELETE", f"/identities/{identity['id']}")
    assert (by_admin.status_code, by_admin.json()["code"]) == (409, "last_way_in")


async def test_whoever_confirms_the_address_later_takes_the_account_alone(
    caller: Caller, connected: Connected, posted: Mailbox
) -> None:
    email, attacker = _address(), connected.visitor()
    await connected.signs_in(attacker, "prepared", email=email, email_verified=True)
    account = await _account_of(caller, email)
    assert account is not None
    asked = await caller.http.post("/access/v1/accounts/password_reset", json={"email": email})
    assert asked.status_code == 202
    token = token_in(await posted.next_to(email))
    chosen = {"token": token, "password": "four words of the owner"}
    confirmed = await caller.http.post("/access/v1/accounts/password_reset/confirm", json=chosen)
    assert confirmed.status_code == 204
    assert await _identities(caller, account["id"]) == []
    assert (await attacker.get(ACCOUNT)).headers["location"] == SIGN_IN
    assert (await connected.arrives(attacker, "prepared", email=email, email_verified=True)).status_code == 403


async def test_an_invitation_to_the_address_makes_a_prepared_account_give_way(
    caller: Caller, connected: Connected
) -> None:
    email, attacker = _address(), connected.visitor()
    await connected.signs_in(attacker, "before", email=email, email_verified=True)
    made = await caller.send("admin", "POST", "/accounts", {"email": email, "name": "Amina Khan"})
    assert made.status_code == 201, made.text
    assert (await attacker.get(ACCOUNT)).headers["location"] == SIGN_IN
    refused = await connected.arrives(attacker, "before", email=email, email_verified=True)
    assert refused.status_code == 403
    assert await _identities(caller, made.json()["id"]) == []


async def test_the_provider_of_an_address_is_found_without_saying_who_is_known(
    caller: Caller, connected: Connected
) -> None:
    known = _address("gov.example")
    await caller.enter_person(known, "four words of somebody")
    texts = []
    for email in (known, f"{'0' * 32}@gov.example"):
        visitor = connected.visitor()
        page = await visitor.get(SIGN_IN)
        found = await visitor.fill(page, {"username": email, "password": "", "action": "provider"})
        assert (found.status_code, connected.start in found.text) == (200, True)
        texts.append(_without_token(found).replace(email, ""))
    assert texts[0] == texts[1]
    page = await visitor.get(SIGN_IN)
    none = await visitor.fill(page, {"username": _address("elsewhere.example"), "action": "provider"})
    assert "No organisation" in none.text


async def test_a_suspended_provider_ends_its_sessions_and_signs_nobody_in(
    caller: Caller, another: FakeProvider
) -> None:
    connected = await connect(caller, another, accounts="anyone")
    visitor = connected.visitor()
    await connected.signs_in(visitor, "x", email=_address(), email_verified=True)
    assert (await connected.step("suspend", reason="a breach there")).status_code == 200
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    assert (await visitor.get(connected.start)).status_code == 404
    assert connected.start not in (await visitor.get(SIGN_IN)).text
    assert (await connected.step("reinstate")).status_code == 200
    await connected.signs_in(visitor, "x")


async def test_keys_are_kept_and_an_unknown_one_is_asked_for_once_a_minute(
    caller: Caller, another: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = await connect(caller, another, accounts="anyone")
    ahead = timedelta()
    monkeypatch.setattr(providers, "now", lambda: now() + ahead)
    subject, claims = uuid4().hex, {"email": _address(), "email_verified": True}
    await connected.signs_in(connected.visitor(), subject, **claims)
    assert another.asked.count("/keys") == 1
    former, another.keys = another.keys, {
        name: type(key).import_key({**key.as_dict(private=True), "kid": f"{key.kid}-2"})
        for name, key in keys_of_every_kind().items()
    }  # fmt: skip
    for _ in range(3):
        assert (await connected.arrives(connected.visitor(), subject)).status_code == 400
    assert another.asked.count("/keys") == 1
    ahead = timedelta(seconds=61)
    await connected.signs_in(connected.visitor(), subject)
    assert another.asked.count("/keys") == 2
    another.keys = former
    ahead = timedelta(minutes=12)
    await connected.signs_in(connected.visitor(), subject)
    assert another.asked.count("/keys") == 3


async def test_accounts_follow_from_what_the_provider_is_for(
    caller: Caller, another: FakeProvider, fake: FakeProvider
) -> None:
    invited = await connect(caller, another, domains=["min.example"])
    refused = await invited.arrives(invited.visitor(), "x", email=_address("min.example"), email_verified=True)
    assert refused.status_code == 403
    assert (await invited.step("retire")).status_code == 200
    of_domain = await connect(caller, another, domains=["min.example"], accounts="domain")
    outside = await of_domain.arrives(of_domain.visitor(), "y", email=_address(), email_verified=True)
    assert outside.status_code == 403
    email = _address("min.example")
    await of_domain.signs_in(of_domain.visitor(), "z", email=email, email_verified=True)
    assert (await _account_of(caller, email) or {})["email_verified"] is True


async def test_an_invitation_is_used_at_a_provider_instead_of_a_password(
    caller: Caller, connected: Connected, posted: Mailbox, fake: FakeProvider
) -> None:
    email = _address()
    await caller.send("admin", "POST", "/accounts", {"email": email, "name": "Invited Person"})
    token = token_in(await posted.next_to(email))
    visitor, path = connected.visitor(), f"/access/v1/federation/{connected.code}/authorization"

    async def go(given: str) -> dict[str, str]:
        await visitor.get(SIGN_IN)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
        left = await caller.http.post(path, json={"token": given}, headers=headers)
        assert left.status_code == 200, left.text
        return fake.sign_in(left.json()["address"], "invited", email=_address("elsewhere.example"))

    assert (await connected.returns(visitor, await go("another"))).status_code == 422
    arrived = await connected.returns(visitor, await go(token))
    assert (arrived.status_code, arrived.headers["location"]) == (303, ACCOUNT)
    assert "Invited Person" in (await visitor.get(ACCOUNT)).text
    assert (await connected.returns(visitor, await go(token))).status_code == 409, "the identity is linked now"


async def test_pages_of_people_without_a_provider_say_so(connected: Connected) -> None:
    visitor = connected.visitor()
    for path in ("/access/v1/federation/nobody/start", "/access/v1/federation/nobody/callback?state=x"):
        missing = await visitor.get(path)
        assert (missing.status_code, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert json.loads((await visitor.get("/access/v1/federation/nobody/start", Accept="application/json")).text)[
        "code"
    ] == "not_found"  # fmt: skip


async def _aged(superuser: asyncpg.Connection, account: str) -> None:
    """Lets 31 days pass since the account was entered."""
    old = "UPDATE access_account SET created_at = created_at - interval '31 days' WHERE id = $1"
    await superuser.execute(old, UUID(account))


async def test_an_account_that_holds_nothing_is_deleted_with_its_identity(
    caller: Caller, connected: Connected, superuser: asyncpg.Connection, database_url: str
) -> None:
    visitor, subject, email = connected.visitor(), uuid4().hex, _address()
    await connected.signs_in(visitor, subject, email=email, email_verified=True)
    account = await _account_of(caller, email)
    assert account is not None
    await _aged(superuser, account["id"])
    async with setting_up(database_url) as uow:
        await delete_unused(uow)
    assert await _account_of(caller, email) is None
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    await connected.signs_in(visitor, subject, email=email, email_verified=True)
    assert (await _account_of(caller, email) or {})["id"] != account["id"]


async def test_an_erased_account_has_no_identity(caller: Caller, connected: Connected, database_url: str) -> None:
    subject, email = uuid4().hex, _address()
    await connected.signs_in(connected.visitor(), subject, email=email, email_verified=True)
    account = await _account_of(caller, email)
    assert account is not None
    async with setting_up(database_url) as uow:
        counts = await erase_account(uow, UUID(account["id"]))
    assert counts["identities"] == 1
    assert await _identities(caller, account["id"]) == []
    again = await connected.signs_in(connected.visitor(), subject, email=email, email_verified=True)
    assert email in again.text
