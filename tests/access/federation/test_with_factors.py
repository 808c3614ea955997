"""Who has a second factor here changes how they sign in by it alone, however they signed in. A passkey is a way in."""

import json
import time
from datetime import timedelta
from uuid import uuid4

import httpx
import pyotp

from tests.access.caller import Caller
from tests.access.factors.authenticator import Passkey, options_in
from tests.access.factors.persons import a_person, claims_of
from tests.access.federation.connecting import Connected
from tests.access.signing_in.walking import a_site
from tests.access.times import Times
from tests.support.signing_in import ACCOUNT, FACTOR, SIGN_IN, answer_of


async def test_a_sign_in_at_a_provider_changes_no_link_of_who_has_a_factor(
    caller: Caller, connected: Connected
) -> None:
    person = await a_person(caller)
    await person.with_app()
    await person.come()
    subject, elsewhere = await connected.links(person.visitor), connected.visitor()
    page = await connected.signs_in(elsewhere, subject)
    (identity,) = (await caller.send("admin", "GET", f"/identities?account_id={person.account}")).json()["items"]
    unlinked = await elsewhere.fill(page, {"action": f"unlink {identity['id']}"})
    assert (unlinked.status_code, unlinked.headers["location"]) == (303, FACTOR)
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    further = await elsewhere.get(f"{connected.start}?form={token}")
    assert (further.status_code, further.headers["location"]) == (303, FACTOR)
    page = await person.visitor.get(ACCOUNT)
    assert (await person.visitor.fill(page, {"action": f"unlink {identity['id']}"})).headers["location"] == ACCOUNT


async def test_a_client_that_asks_for_two_factors_gets_them_after_a_provider_that_asks_for_one(
    caller: Caller, connected: Connected
) -> None:
    """By the person's own app, also when all is to be shown again; who has none adds one. A provider that shows two at
    once is enough."""
    site, visitor, subject = await a_site(caller), connected.visitor(), uuid4().hex
    email = {"email": f"{subject}@example.org", "email_verified": True}

    async def arrives(**asked: str) -> httpx.Response:
        page = await visitor.follow(await visitor.get(site.address(scope="openid", **asked)))
        query = page.text.partition(f'href="{connected.start}')[2].partition('"')[0].replace("&amp;", "&")
        back = await connected.arrives(visitor, subject, f"{connected.start}{query}", amr=["pwd"], **email)
        return await visitor.follow(back)

    page = await arrives(acr_values="2")
    page = await visitor.fill(page, {"action": "add_totp", "name": "Telephone"})
    app = pyotp.TOTP(page.text.split('<code dir="ltr">')[1].split("<")[0])
    factor = page.text.split('value="confirm_factor ')[1].split('"')[0]
    consent = await visitor.follow(await visitor.fill(page, {"action": f"confirm_factor {factor}", "code": app.now()}))
    code = answer_of(await visitor.fill(consent, {"decision": "allow"}))["code"]
    assert claims_of((await site.exchange(code)).json()["id_token"])["acr"] == "2"
    page = await arrives(acr_values="2", prompt="login")
    assert 'name="code"' in page.text, page.text
    done = await visitor.follow(await visitor.fill(page, {"code": app.at(int(time.time()) + 30)}))
    assert claims_of((await site.exchange(answer_of(done)["code"])).json()["id_token"])["acr"] == "2"
    out = {"logout_token": connected.fake.logout_token(sub=subject)}
    await visitor.http.post(connected.callback.replace("/callback", "/backchannel_logout"), data=out)
    assert (await visitor.get(ACCOUNT)).headers["location"] == "/access/sign-in", "the provider ends it all the same"


async def test_a_role_needs_a_factor_after_seven_days_of_who_signs_in_at_a_provider_too(
    caller: Caller, connected: Connected, times: Times
) -> None:
    """They add one on the way; it is asked for from then on, unless the provider shows two."""
    site, visitor, subject = await a_site(caller), connected.visitor(), uuid4().hex
    email = {"email": f"{subject}@example.org", "email_verified": True}
    await connected.signs_in(visitor, subject, **email)
    (account,) = (await caller.send("admin", "GET", f"/accounts?email={subject}@example.org")).json()["items"]
    body = {"principal": {"kind": "account", "id": account["id"]}, "role": "auditor", "scope_kind": "global"}
    assert (await caller.send("admin", "POST", "/grants", body)).status_code == 201
    times.ahead = timedelta(days=6)
    assert (await connected.signs_in(visitor, subject)).request.url.path == ACCOUNT
    times.ahead = timedelta(days=8)
    old = await visitor.follow(await visitor.get(site.address()))
    assert old.request.url.path == SIGN_IN, "a sign-in of days ago adds no factor"
    page = await connected.signs_in(visitor, subject)
    assert (page.request.url.path, "Add a second factor" in page.text) == (FACTOR, True)
    silent = answer_of(await visitor.get(site.address(prompt="none")))
    assert silent["error"] == "login_required"
    page = await visitor.follow(await visitor.get(site.address(scope="openid")))
    page = await visitor.fill(page, {"action": "add_totp", "name": "Telephone"})
    app = pyotp.TOTP(page.text.split('<code dir="ltr">')[1].split("<")[0])
    factor = page.text.split('value="confirm_factor ')[1].split('"')[0]
    shown = app.at(int((times.now()).timestamp()))
    consent = await visitor.follow(await visitor.fill(page, {"action": f"confirm_factor {factor}", "code": shown}))
    code = answer_of(await visitor.fill(consent, {"decision": "allow"}))["code"]
    assert claims_of((await site.exchange(code)).json()["id_token"])["acr"] == "2"
    again = await connected.signs_in(connected.visitor(), subject)
    assert (again.request.url.path, 'name="code"' in again.text) == (FACTOR, True)
    assert (await connected.signs_in(connected.visitor(), subject, amr=["mfa"])).request.url.path == ACCOUNT


async def test_a_page_of_factors_adds_none_for_who_is_not_asked(caller: Caller, connected: Connected) -> None:
    visitor = connected.visitor()
    await connected.signs_in(visitor, uuid4().hex, email=f"{uuid4().hex}@example.org", email_verified=True)
    assert (await visitor.get(FACTOR)).headers["location"] == "/access/sign-in"


async def test_a_passkey_is_another_way_in(connected: Connected) -> None:
    """Of somebody who never had a password here."""
    visitor, passkey = connected.visitor(), Passkey()
    page = await connected.signs_in(visitor, uuid4().hex, email=f"{uuid4().hex}@example.org", email_verified=True)
    page = await visitor.fill(page, {"action": "add_passkey", "name": "My key"})
    options = options_in(page)
    value = page.text.partition('value="confirm_factor ')[2].partition('"')[0]
    confirmed = await visitor.fill(
        page, {"action": f"confirm_factor {value}", "credential": json.dumps(passkey.made(options))}
    )
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, ACCOUNT)
    page = await visitor.get(ACCOUNT)
    link = page.text.partition('value="unlink ')[2].partition('"')[0]
    assert (await visitor.fill(page, {"action": f"unlink {link}"})).headers["location"] == ACCOUNT
