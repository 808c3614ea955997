"""An operator opens an address on the host and acts as an administrator for an hour, while everybody learns of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.cli.break_glass import of_break_glass
from services.access.app import create_app
from services.access.principals.sessions import operations as sessions
from services.access.settings import AccessSettings
from services.access.signing_in.break_glass import operations
from services.access.signing_in.break_glass.jobs import close_break_glass
from shared.audit.details import read as read_details
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.errors import Invalid
from shared.kernel.principal import BREAK_GLASS
from tests.access.caller import Caller
from tests.access.signing_in.walking import a_site
from tests.support.inside import Inside
from tests.support.mailbox import Mailbox
from tests.support.signing_in import ACCOUNT, FACTOR, Site, Visitor

PAGE = "/access/break-glass"
_LIVING = "WHERE account_id = $1 AND status = 'active'"
REASON = "No provider can be reached since eight"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """The clock of break-glass; what is appended has passed."""
    passed: list[timedelta] = []
    monkeypatch.setattr(operations, "now", lambda: now() + sum(passed, timedelta()))
    return passed


@pytest_asyncio.fixture
async def outside(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    """An installation whose people sign in at providers alone."""
    application = create_app(settings.model_copy(update={"local_passwords": False}))
    client = httpx.AsyncClient(transport=Inside(application), base_url=settings.issuer)
    async with application.router.lifespan_context(application), client:
        yield client


async def _address(database: Database, reason: str = REASON) -> str:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        return f"{PAGE}?{urlencode({'code': await operations.make(uow, reason)})}"


async def _opened(visitor: Visitor, address: str) -> httpx.Response:
    page = await visitor.get(address)
    assert page.status_code == 200, page.text
    return await visitor.fill(page, {"code": address.partition("code=")[2]})


async def _is_usable(database: Database) -> bool:
    async with database.acquire() as connection:
        stored = "SELECT status = 'active' FROM access_account WHERE id = $1"
        return bool(await connection.fetchval(stored, BREAK_GLASS))


async def _end(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await sessions.end_all(uow, BREAK_GLASS)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await close_break_glass(uow)


async def _our_site(caller: Caller) -> Site:
    services = ("membership", "centres", "actions", "access")
    site = await a_site(caller, resources=[f"{service}.*" for service in services])
    proposed = await caller.step("admin", site.record["links"]["self"], "mark_first_party")
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    assert (await caller.send("admin2", "POST", place, {"decision": "confirm"})).status_code == 200
    return site


async def test_an_address_opens_one_session_of_an_administrator(
    caller: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    address, visitor = await _address(database), Visitor(caller.http, "", "")
    assert (await Visitor(caller.http, "", "").get(address)).status_code == 200, "looking at it opens nothing"
    opened = await _opened(visitor, address)
    assert (opened.status_code, opened.headers["location"]) == (303, ACCOUNT)
    assert "Break-glass" in (await visitor.get(ACCOUNT)).text
    again = await _opened(Visitor(caller.http, "", ""), address)
    assert (again.status_code, "opened before" in again.text) == (400, True)
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1", BREAK_GLASS)
    facts += await superuser.fetch("SELECT type FROM core_fact WHERE subject = $1", BREAK_GLASS)
    assert "escm.access.account.break_glass_used.v1" in {fact["type"] for fact in facts}
    await _end(database)
    assert not await _is_usable(database)


async def test_an_address_lives_fifteen_minutes_and_ends_with_the_next(
    caller: Caller, database: Database, clock: list[timedelta]
) -> None:
    first, second = await _address(database), await _address(database)
    assert (await _opened(Visitor(caller.http, "", ""), first)).status_code == 400
    clock.append(timedelta(minutes=15))
    assert (await _opened(Visitor(caller.http, "", ""), second)).status_code == 400


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
async def test_an_address_needs_a_reason(database: Database, reason: str) -> None:
    with pytest.raises(Invalid):
        await _address(database, reason)


async def test_it_works_without_passwords_and_ends_with_its_hour(
    caller: Caller, outside: httpx.AsyncClient, database: Database, superuser: asyncpg.Connection
) -> None:
    site, visitor = await _our_site(caller), Visitor(outside, "", "")
    site.http = outside
    assert (await _opened(visitor, await _address(database))).status_code == 303
    tokens = await site.tokens(visitor)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = await outside.get("/access/v1/me", headers=headers)
    assert (me.status_code, me.json()["principal"]["name"]) == (200, "Break-glass"), me.text
    ends = await superuser.fetch(f"SELECT ends_at FROM access_session {_LIVING}", BREAK_GLASS)
    assert len(ends) == 2, "of the browser and of the client"
    assert len({row["ends_at"] for row in ends}) == 1
    assert timedelta(minutes=58) < ends[0]["ends_at"] - now() <= timedelta(hours=1)
    assert tokens["refresh_expires_in"] <= 3600
    soon = f"UPDATE access_session SET ends_at = now() + interval '2 minutes' {_LIVING}"
    await superuser.execute(soon, BREAK_GLASS)
    renewed = (await site.renew(tokens["refresh_token"])).json()
    assert renewed["expires_in"] <= 120, "no token outlives the session"
    await superuser.execute(soon.replace("+ interval '2", "- interval '1"), BREAK_GLASS)
    assert (await site.renew(renewed["refresh_token"])).status_code == 400
    assert (await visitor.get(ACCOUNT)).status_code == 303
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await close_break_glass(uow)
    assert not await _is_usable(database)


async def test_each_request_is_in_the_audit_trail(
    caller: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    site, visitor = await _our_site(caller), Visitor(caller.http, "", "")
    await _opened(visitor, await _address(database))
    headers = {"Authorization": f"Bearer {(await site.tokens(visitor))['access_token']}"}
    await caller.http.get("/access/v1/clients?limit=3", headers=headers)
    await caller.http.get(f"/access/v1/accounts/{BREAK_GLASS}", headers=headers)
    refused = await caller.http.post("/access/v1/factors", json={"kind": "totp", "name": "x"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")
    refused = await caller.http.post("/access/v1/api_keys", json=_KEY, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")
    rows = await superuser.fetch(
        "SELECT a.*, k.salt FROM core_audit a LEFT JOIN core_audit_key k ON k.id = a.detail_key"
        " WHERE actor_id = $1 AND action = 'request' ORDER BY a.id DESC LIMIT 4",
        BREAK_GLASS,
    )
    said: list[dict[str, Any]] = [
        {one["pointer"]: one["after"] for one in (read_details(row) or {})["changes"]} for row in reversed(rows)
    ]
    assert [(one["/method"], one["/path"], one["/query"]) for one in said] == [
        ("GET", "/access/v1/clients", "limit=3"),
        ("GET", f"/access/v1/accounts/{BREAK_GLASS}", ""),
        ("POST", "/access/v1/factors", ""),
        ("POST", "/access/v1/api_keys", ""),
    ]
    (session,) = {row["subject"] for row in rows}
    assert await superuser.fetchval("SELECT account_id FROM access_session WHERE id = $1", session) == BREAK_GLASS
    kept = "SELECT fact FROM core_outbox WHERE fact = $1 UNION ALL SELECT fact FROM core_fact WHERE fact = $1"
    assert all([await superuser.fetchval(kept, row["id"]) for row in rows]), "the chain takes entries with a fact"
    await _end(database)


async def test_the_page_of_the_account_adds_no_way_in(caller: Caller, database: Database) -> None:
    visitor = Visitor(caller.http, "", "")
    await _opened(visitor, await _address(database))
    page = await visitor.get(ACCOUNT)
    refused = await visitor.fill(page, {"action": "add_totp"})
    assert refused.status_code == 403
    assert (await visitor.get(FACTOR)).status_code in (200, 303)
    await _end(database)


async def test_the_account_never_gets_a_password(database: Database, superuser: asyncpg.Connection) -> None:
    await _address(database)
    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute("UPDATE access_account SET password_hash = 'x' WHERE id = $1", BREAK_GLASS)


async def test_all_administrators_are_mailed(caller: Caller, database: Database, posted: Mailbox) -> None:
    await _opened(Visitor(caller.http, "", ""), await _address(database, "The key of the door is lost"))
    for address in ("admin@demo.example", "admin2@demo.example"):
        mail = await posted.next_to(address)
        assert "The key of the door is lost" in mail.get_body(("plain",)).get_content()
    await _end(database)


async def test_doctor_says_what_became_of_it(caller: Caller, database: Database, superuser: asyncpg.Connection) -> None:
    address = await _address(database)
    assert "may be opened until" in (await of_break_glass(superuser))[0].detail
    await _opened(Visitor(caller.http, "", ""), address)
    assert "its session is open until" in (await of_break_glass(superuser))[0].detail
    await _end(database)
    assert (await of_break_glass(superuser))[0].detail.endswith("over")


_KEY = {"name": "x", "resources": ["access.*"], "verbs": ["read"]}
