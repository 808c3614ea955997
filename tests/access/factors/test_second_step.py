"""A person with a second factor signs in with both, on pages without a script."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import pyotp
import pytest

from tests.access.caller import Caller
from tests.access.factors.persons import Person, a_person, claims_of, named
from tests.access.signing_in.walking import a_site
from tests.access.times import Times
from tests.support.signing_in import ACCOUNT, FACTOR, SIGN_IN, answer_of


async def test_the_page_after_the_password_asks_for_a_code(caller: Caller) -> None:
    person, site = await a_person(caller), await a_site(caller)
    await person.with_app()
    page = await person.to_second_step(site.address(scope="openid"))
    assert "Desk of a ministry" in page.text
    assert (await person.visitor.get(ACCOUNT)).headers["location"] == SIGN_IN, "a password alone signs nobody in"
    wrong = await person.visitor.fill(page, {"code": "000000"})
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    consent = await person.visitor.follow(await person.visitor.fill(page, {"code": person.code()}))
    answer = answer_of(await person.visitor.fill(consent, {"decision": "allow"}))
    tokens = (await site.exchange(answer["code"])).json()
    for token in (tokens["access_token"], tokens["id_token"]):
        claims = claims_of(token)
        assert (claims["acr"], claims["amr"]) == ("2", ["pwd", "otp", "mfa"])
        assert abs(claims["auth_time"] - claims["iat"]) < 60
    renewed = claims_of((await site.renew(tokens["refresh_token"])).json()["access_token"])
    assert (renewed["acr"], renewed["auth_time"]) == ("2", claims_of(tokens["access_token"])["auth_time"])
    sessions = (await person.send("GET", "/sessions")).json()["items"]
    assert {"2", None} == {one["acr"] for one in sessions}


async def test_a_code_works_once(caller: Caller) -> None:
    person = await a_person(caller)
    await person.with_app()
    code = person.code()
    page = await person.to_second_step()
    assert (await person.visitor.fill(page, {"code": code})).headers["location"] == ACCOUNT
    again = await person.visitor.fill(await person.to_second_step(), {"code": code})
    assert again.status_code == 400
    assert "was used before" in again.text


async def test_two_sign_ins_with_one_code_at_once_give_one_session(caller: Caller) -> None:
    person = await a_person(caller)
    await person.with_app()
    code = person.code()
    browsers = [
        Person(caller, type(person.visitor)(caller.http, person.visitor.email, person.visitor.password), "", "")
        for _ in range(2)
    ]
    pages = [await each.to_second_step() for each in browsers]
    sent = [each.visitor.fill(page, {"code": code}) for each, page in zip(browsers, pages, strict=True)]
    assert sorted(response.status_code for response in await asyncio.gather(*sent)) == [303, 400]


async def test_a_recovery_code_works_once(caller: Caller) -> None:
    person = await a_person(caller)
    await person.with_app()
    code = (await person.add("recovery_codes"))["codes"][3].upper().replace("-", " ")
    page = await person.to_second_step()
    assert (await person.visitor.fill(page, {"code": code})).headers["location"] == ACCOUNT
    again = await person.visitor.fill(await person.to_second_step(), {"code": code})
    assert again.status_code == 400


async def test_five_wrong_codes_lock_for_a_minute_and_then_for_two(caller: Caller, times: Times) -> None:
    person = await a_person(caller)
    factor = await person.with_app()
    page = await person.to_second_step()
    for minutes in (1, 2):
        for _ in range(5):
            last = await person.visitor.fill(page, {"code": "000000"})
        assert "is locked" in last.text
        assert f"in {minutes} minutes" in last.text
        locked = await person.visitor.fill(page, {"code": person.code()})
        assert locked.status_code == 400, "the right code does not help"
        times.ahead += timedelta(minutes=minutes, seconds=1)
        person.step = 0
    right = pyotp.TOTP(person.secret).generate_otp(int(times.now(UTC).timestamp()) // 30)
    assert (await person.visitor.fill(page, {"code": right})).headers["location"] == ACCOUNT
    shown = (await person.send("GET", f"/factors/{factor['id']}")).json()
    assert shown["status"] == "active"


async def test_an_account_with_a_factor_gets_no_token_for_its_password(caller: Caller) -> None:
    person = await a_person(caller)
    await person.with_app()
    refused = await caller.log_in(person.visitor.email, person.visitor.password)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("change", ["another browser", "later", "another password", "a changed ticket"])
async def test_a_ticket_is_for_its_browser_and_its_password(caller: Caller, times: Times, change: str) -> None:
    person, thief = await a_person(caller), await a_person(caller)
    await person.with_app()
    page = await person.to_second_step()
    address = str(page.request.url).removeprefix("http://access.test")
    visitor = person.visitor
    if change == "another browser":
        await thief.visitor.get(SIGN_IN)
        visitor = thief.visitor
    elif change == "later":
        times.ahead = timedelta(minutes=11)
    elif change == "a changed ticket":
        address = address[:-3] + "AAA"
    else:
        body = {"old_password": person.visitor.password, "new_password": "another long password 7"}
        assert (await person.send("POST", "/accounts/me/password", body)).status_code == 204
    assert (await visitor.get(address)).headers["location"].startswith(SIGN_IN)


async def test_the_account_page_adds_names_and_removes_factors(caller: Caller) -> None:
    person = await a_person(caller)
    elsewhere = type(person.visitor)(caller.http, person.visitor.email, person.visitor.password)
    await elsewhere.come()
    await person.visitor.come()
    page = await person.visitor.fill(await person.visitor.get(ACCOUNT), {"action": "add_totp"})
    assert "<svg" in page.text
    person.secret = page.text.split('<code dir="ltr">')[1].split("<")[0]
    confirm = page.text.split('value="confirm_factor ')[1].split('"')[0]
    wrong = await person.visitor.fill(page, {"action": f"confirm_factor {confirm}", "code": "000000"})
    assert wrong.status_code == 400
    assert person.secret not in wrong.text
    done = await person.visitor.fill(wrong, {"action": f"confirm_factor {confirm}", "code": person.code()})
    assert done.headers["location"] == ACCOUNT
    weak = await elsewhere.fill(await elsewhere.get(ACCOUNT), {"action": "add_recovery_codes"})
    assert weak.headers["location"] == FACTOR, "the account has a factor, and this sign-in did not show it"
    codes = await person.visitor.fill(await person.visitor.get(ACCOUNT), {"action": "add_recovery_codes"})
    assert codes.text.count("<li><code") == 10
    rename = {"action": await named(person, "name_factor"), "name": "  Old\nphone "}
    await person.visitor.fill(await person.visitor.get(ACCOUNT), rename)
    assert "Old phone" in (await person.visitor.get(ACCOUNT)).text
    await person.visitor.fill(await person.visitor.get(ACCOUNT), {"action": await named(person, "remove_factor")})
    assert "remove_factor" not in (await person.visitor.get(ACCOUNT)).text
    assert (await caller.log_in(person.visitor.email, person.visitor.password)).status_code == 200


@pytest.mark.parametrize("asked", [{"acr_values": "2"}, {"max_age": "0", "acr_values": "phr 2"}])
async def test_a_client_sends_whoever_is_signed_in_to_the_factor_alone(caller: Caller, asked: dict[str, Any]) -> None:
    person, site = await a_person(caller), await a_site(caller)
    await person.visitor.come()
    await person.with_app()
    page = await person.visitor.follow(await person.visitor.get(site.address(**asked)))
    assert 'name="code"' in page.text
    silent = answer_of(await person.visitor.get(site.address(**asked, prompt="none")))
    assert silent["error"] == "login_required"
    consent = await person.visitor.follow(await person.visitor.fill(page, {"code": person.code()}))
    code = answer_of(await person.visitor.fill(consent, {"decision": "allow"}))["code"]
    assert claims_of((await site.exchange(code)).json()["access_token"])["acr"] == "2"
    unmet = answer_of(await person.visitor.get(site.address(acr_values="phr")))
    assert unmet["error"] == "unmet_authentication_requirements"


async def test_who_has_no_factor_adds_one_for_a_client_that_asks_for_it(caller: Caller) -> None:
    person, site = await a_person(caller), await a_site(caller)
    page = await person.to_second_step(site.address(acr_values="2"))
    assert "Add a second factor" in page.text
    page = await person.visitor.fill(page, {"action": "add_totp", "name": "Phone"})
    person.secret = page.text.split('<code dir="ltr">')[1].split("<")[0]
    confirm = page.text.split('value="confirm_factor ')[1].split('"')[0]
    assert "form-action 'self' https://desk.example.org;" in page.headers["content-security-policy"]
    both = {"action": f"confirm_factor {confirm}", "code": person.code(), "credential": "{}"}
    consent = await person.visitor.follow(await person.visitor.fill(page, both))
    code = answer_of(await person.visitor.fill(consent, {"decision": "allow"}))["code"]
    assert claims_of((await site.exchange(code)).json()["access_token"])["acr"] == "2"


async def test_a_role_needs_a_factor_after_seven_days(caller: Caller, times: Times) -> None:
    person = await a_person(caller)
    body = {"principal": {"kind": "account", "id": person.account}, "role": "auditor", "scope_kind": "global"}
    assert (await caller.send("admin", "POST", "/grants", body)).status_code == 201
    assert (await person.visitor.come()).request.url.path == ACCOUNT
    times.ahead = timedelta(days=6)
    assert (await person.visitor.come()).request.url.path == ACCOUNT
    times.ahead = timedelta(days=8)
    page = await person.to_second_step()
    assert "Add a second factor" in page.text
