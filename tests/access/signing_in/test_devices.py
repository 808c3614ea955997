"""A person signs in to the command line on a device without a browser, by a code entered elsewhere (RFC 8628)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from services.access.app import create_app
from services.access.principals.devices import operations as devices
from services.access.principals.devices.domain import GRANT_TYPE, LETTERS, typed_code
from services.access.principals.tokens.jobs import delete_expired
from services.access.settings import AccessSettings
from services.access.signing_in.devices import operations as pages
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.clock import now
from tests.access.caller import TOKEN, Caller
from tests.access.factors.persons import Person, a_person, claims_of
from tests.access.signing_in.walking import a_site, a_visitor
from tests.access.times import Times
from tests.support.inside import Inside
from tests.support.signing_in import SIGN_IN, Visitor

DEVICE, ASK = "/access/device", "/access/v1/oauth/device_authorization"
CLIENT = "escm-cli"


@pytest_asyncio.fixture(scope="module")
async def giving(settings: AccessSettings, demo: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    """The app of an installation that gives codes."""
    application = create_app(settings.model_copy(update={"device_codes": True}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=Inside(application), base_url="http://access.test") as client,
    ):
        yield client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """The clock of codes; what is appended has passed."""
    passed: list[timedelta] = []
    for module in (devices, pages):
        monkeypatch.setattr(module, "now", lambda: now() + sum(passed, timedelta()))
    return passed


class Device:
    """A device that waits for a person."""

    def __init__(self, http: httpx.AsyncClient, codes: dict[str, Any]) -> None:
        self.http, self.codes = http, codes

    @classmethod
    async def asking(cls, http: httpx.AsyncClient, **form: str) -> "Device":
        response = await http.post(ASK, data={"client_id": CLIENT, **form})
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        return cls(http, response.json())

    async def poll(self, **changed: str) -> httpx.Response:
        form = {"grant_type": GRANT_TYPE, "device_code": self.codes["device_code"], "client_id": CLIENT, **changed}
        return await self.http.post(TOKEN, data=form)

    async def learns(self, **changed: str) -> str:
        """The error, as libraries of OAuth read it."""
        response = await self.poll(**changed)
        assert response.json()["error"] == response.json()["code"]
        return str(response.json()["code"])


async def _person(caller: Caller, giving: httpx.AsyncClient) -> Visitor:
    visitor = await a_visitor(caller)
    visitor.http = giving
    return visitor


async def _come(visitor: Visitor, address: str = DEVICE) -> httpx.Response:
    """The page of devices, for a person who signs in on the way."""
    page = await visitor.follow(await visitor.get(address))
    if 'name="password"' not in page.text:
        return page
    back = await visitor.follow(await visitor.sign_in(page))
    place = back.headers["location"].removeprefix("http://access.test")
    return await visitor.follow(await visitor.get(place))


def _token_of(page: httpx.Response) -> str:
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert token, page.text
    return token[1]


async def _decide(visitor: Visitor, device: Device, decision: str) -> httpx.Response:
    page = await visitor.fill(await _come(visitor), {"user_code": device.codes["user_code"]})
    assert page.status_code == 200, page.text
    return await visitor.fill(page, {"user_code": device.codes["user_code"], "decision": decision})


async def test_a_person_allows_a_device_that_waits(
    caller: Caller, giving: httpx.AsyncClient, superuser: asyncpg.Connection
) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    assert device.codes["verification_uri"] == f"http://access.test{DEVICE}"
    assert (device.codes["expires_in"], device.codes["interval"]) == (600, 5)
    assert await device.learns() == "authorization_pending"
    complete = urlsplit(device.codes["verification_uri_complete"])
    page = await _come(visitor, f"{complete.path}?{complete.query}")
    assert f'value="{device.codes["user_code"]}"' in page.text, "the code is kept while the person signs in"
    shown = await visitor.fill(page, {"user_code": device.codes["user_code"].lower().replace("-", " ")})
    for part in ("Command line", "New Person", device.codes["user_code"], "127.0.0.1", "same network"):
        assert part in shown.text
    done = await visitor.fill(shown, {"user_code": device.codes["user_code"], "decision": "allow"})
    assert "Go on on your device" in done.text
    tokens = (await device.poll()).json()
    assert tokens["scope"] == "*:read *:write"
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    sessions = (await giving.get("/access/v1/sessions", headers=headers)).json()["items"]
    assert [one["client"] for one in sessions if one["current"]] == [CLIENT]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": CLIENT}
    assert (await giving.post(TOKEN, data=form)).status_code == 200
    account = (await giving.get("/access/v1/me", headers=headers)).json()["principal"]["id"]
    entries = "SELECT action FROM core_audit WHERE resource = 'access.devices' AND actor_id = $1"
    assert [row["action"] for row in await superuser.fetch(entries, account)] == ["allow"]


async def test_a_code_gives_one_session_and_a_second_use_ends_it(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    await _decide(visitor, device, "allow")
    tokens = (await device.poll()).json()
    assert await device.learns() == "invalid_grant"
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": CLIENT}
    assert (await giving.post(TOKEN, data=form)).json()["code"] == "invalid_grant"
    again = await visitor.fill(await _come(visitor), {"user_code": device.codes["user_code"]})
    assert (again.status_code, "was used before" in again.text) == (400, True)


async def test_a_person_denies_a_device(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    assert "gets no access" in (await _decide(visitor, device, "deny")).text
    assert await device.learns() == "access_denied"


async def test_a_person_who_signs_out_takes_the_decision_back(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    await _decide(visitor, device, "allow")
    await visitor.fill(await visitor.get("/access/account"), {"action": "sign_out"})
    assert await device.learns() == "access_denied"


async def test_a_device_that_asks_too_often_waits_longer(giving: httpx.AsyncClient, clock: list[timedelta]) -> None:
    device = await Device.asking(giving)
    assert await device.learns() == "authorization_pending"
    clock.append(timedelta(seconds=3))
    assert await device.learns() == "slow_down"
    clock.append(timedelta(seconds=6))
    assert await device.learns() == "slow_down", "it has to wait for ten seconds now"
    clock.append(timedelta(seconds=16))
    assert await device.learns() == "authorization_pending"


async def test_codes_live_for_ten_minutes(caller: Caller, giving: httpx.AsyncClient, clock: list[timedelta]) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    page = await _come(visitor)
    clock.append(timedelta(minutes=10, seconds=1))
    assert (await visitor.fill(page, {"user_code": device.codes["user_code"]})).status_code == 400
    assert await device.learns() == "expired_token"


async def test_codes_are_stored_as_digests_and_deleted_when_expired(
    giving: httpx.AsyncClient, superuser: asyncpg.Connection, database: Database
) -> None:
    device = await Device.asking(giving)
    stored = "SELECT count(*) FROM access_device WHERE digest = sha256($1::text::bytea)"
    code = device.codes["device_code"]
    assert await superuser.fetchval(stored, code) == 1
    secrets = (device.codes["user_code"], device.codes["user_code"].replace("-", ""), code)
    row = str(await superuser.fetchrow("SELECT * FROM access_device WHERE digest = sha256($1::text::bytea)", code))
    assert not any(secret in row for secret in secrets)
    hour = "UPDATE access_device SET until = now() - interval '61 minutes' WHERE digest = sha256($1::text::bytea)"
    await superuser.execute(hour, code)
    async with unit_of_work(database, SYSTEM_CONTEXT, Origin()) as uow:
        await delete_expired(uow)
    assert await superuser.fetchval(stored, code) == 0


async def test_five_wrong_codes_lock_the_page_for_the_person(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    page = await _come(visitor)
    for wrong in ("BBBB-BBBB", "", "AEIO-1234", "x" * 2000, "BBBB-BBBC"):
        assert (await visitor.fill(page, {"user_code": wrong})).status_code == 400, wrong
    locked = await visitor.fill(page, {"user_code": device.codes["user_code"]})
    assert (locked.status_code, locked.headers["content-type"]) == (429, "text/html; charset=utf-8")
    other = await _person(caller, giving)
    assert "Go on on your device" in (await _decide(other, device, "allow")).text


async def test_people_with_a_role_of_two_sign_in_with_a_browser(caller: Caller, giving: httpx.AsyncClient) -> None:
    admin = caller.accounts["admin"]
    visitor, device = Visitor(giving, admin["username"], admin["password"]), await Device.asking(giving)
    page = await _come(visitor)
    refused = await visitor.fill(page, {"user_code": device.codes["user_code"]})
    assert (refused.status_code, "with a browser on the device itself" in refused.text) == (403, True)
    assert await device.learns() == "authorization_pending"


async def _auditor(caller: Caller, giving: httpx.AsyncClient) -> Person:
    """A person with a role that needs a second factor after seven days."""
    person = await a_person(caller)
    person.visitor.http = giving
    body = {"principal": {"kind": "account", "id": person.account}, "role": "auditor", "scope_kind": "global"}
    assert (await caller.send("admin", "POST", "/grants", body)).status_code == 201
    return person


async def test_one_factor_allows_no_device_once_a_role_needs_two(
    caller: Caller, giving: httpx.AsyncClient, times: Times
) -> None:
    person = await _auditor(caller, giving)
    times.ahead = timedelta(days=7, minutes=-1)
    device, page = await Device.asking(giving), await _come(person.visitor)
    assert 'name="user_code"' in page.text, "one factor is enough for seven days"
    times.ahead = timedelta(days=7, minutes=1)
    allowing = {"user_code": device.codes["user_code"], "decision": "allow"}
    factors = await person.visitor.follow(await person.visitor.fill(page, allowing))
    assert "Add a second factor" in factors.text
    assert await device.learns() == "authorization_pending"


async def test_who_has_two_factors_allows_a_device_with_both(caller: Caller, giving: httpx.AsyncClient) -> None:
    person = await _auditor(caller, giving)
    await person.with_app()
    device, second = await Device.asking(giving), await person.to_second_step(DEVICE)
    assert 'name="user_code"' not in (await person.visitor.follow(await person.visitor.get(DEVICE))).text
    decided = {"user_code": device.codes["user_code"], "decision": "allow"}
    await person.visitor.post(DEVICE, {**decided, "token": _token_of(second)})
    assert await device.learns() == "authorization_pending"
    back = await person.visitor.follow(await person.visitor.fill(second, {"code": person.code()}))
    place = back.headers["location"].removeprefix("http://access.test")
    page = await person.visitor.follow(await person.visitor.get(place))
    assert "Go on on your device" in (await person.visitor.fill(page, decided)).text
    assert claims_of((await device.poll()).json()["access_token"])["acr"] == "2"


async def test_a_sign_in_of_long_ago_is_not_enough(
    caller: Caller, giving: httpx.AsyncClient, superuser: asyncpg.Connection
) -> None:
    visitor, device = await _person(caller, giving), await Device.asking(giving)
    page = await _come(visitor)
    at = datetime.now(UTC) - timedelta(minutes=6)
    me = "SELECT id FROM access_account WHERE email = $1"
    account = await superuser.fetchval(me, visitor.email)
    await superuser.execute("UPDATE access_session SET signed_in_at = $1 WHERE account_id = $2", at, account)
    sent = await visitor.fill(page, {"user_code": device.codes["user_code"], "decision": "allow"})
    assert (await visitor.follow(sent)).text.count('name="password"') == 1
    assert await device.learns() == "authorization_pending"


async def test_a_form_of_another_browser_decides_nothing(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor, other, device = await _person(caller, giving), await _person(caller, giving), await Device.asking(giving)
    page = await _come(visitor)
    await _come(other)
    form = {"user_code": device.codes["user_code"], "decision": "allow"}
    assert (await other.post(DEVICE, {**form, "token": _token_of(page)})).status_code == 400
    cross = await visitor.fill(page, form, **{"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 400
    assert await device.learns() == "authorization_pending"


async def test_the_page_works_in_arabic_and_is_never_framed(caller: Caller, giving: httpx.AsyncClient) -> None:
    visitor = await _person(caller, giving)
    await visitor.follow(await visitor.sign_in(await visitor.get(SIGN_IN)))
    page = await _come(visitor, f"{DEVICE}?language=ar")
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]


async def test_other_clients_get_no_codes(caller: Caller, giving: httpx.AsyncClient) -> None:
    site, device = await a_site(caller), await Device.asking(giving)
    for client, status, code in (
        (site.client_id, 400, "unauthorized_client"),
        ("escm-pages", 400, "unauthorized_client"),
        (caller.clients["secretariat"]["id"], 401, "invalid_client"),
        ("nobody", 401, "invalid_client"),
    ):
        refused = await giving.post(ASK, data={"client_id": client})
        assert (refused.status_code, refused.json()["code"]) == (status, code), client
    assert (await giving.post(ASK, data={"scope": "x"})).status_code == 401
    wide = await giving.post(ASK, data={"client_id": CLIENT, "scope": "everything"})
    assert (wide.status_code, wide.json()["code"]) == (400, "invalid_scope")
    elsewhere = await giving.post(ASK, data={"client_id": CLIENT, "resource": "https://other.example.org"})
    assert elsewhere.json()["code"] == "invalid_target"
    assert await device.learns(client_id=site.client_id) == "invalid_grant"
    assert await device.learns(device_code="x") == "invalid_grant"
    assert await device.learns(device_code="") == "invalid_request"


async def test_codes_are_off_unless_the_installation_turns_them_on(caller: Caller, giving: httpx.AsyncClient) -> None:
    found = (await giving.get("/.well-known/oauth-authorization-server")).json()
    assert found["device_authorization_endpoint"] == f"http://access.test{ASK}"
    assert GRANT_TYPE in found["grant_types_supported"]
    without = (await caller.http.get("/.well-known/oauth-authorization-server")).json()
    assert "device_authorization_endpoint" not in without
    assert GRANT_TYPE not in without["grant_types_supported"]
    assert (await caller.http.post(ASK, data={"client_id": CLIENT})).status_code == 404
    assert (await caller.http.get(DEVICE)).status_code == 404
    form = {"grant_type": GRANT_TYPE, "device_code": "x", "client_id": CLIENT}
    assert (await caller.http.post(TOKEN, data=form)).json()["code"] == "unsupported_grant_type"


def test_codes_have_no_letters_that_look_alike() -> None:
    assert len(set(LETTERS)) == 20
    assert not set(LETTERS) & set("AEIOUY0123456789")
    assert typed_code(" bcdf ghjk ") == "BCDFGHJK"
    assert all(typed_code(text) is None for text in ("", "BCDFGHJ", "BCDFGHJKL", "ABCDEFGH", "١٢٣٤٥٦٧٨", uuid4().hex))
