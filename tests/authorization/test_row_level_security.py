"""Promise 27: row-level security applies without the application filter; without a context no row is visible.

Removes the application filter in every feature at once, in this process; row-level security remains, under the role of
each service. In access it protects reads; the rules for granting do not depend on countries.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import true

from services.access.settings import AccessSettings
from services.actions.settings import ActionsSettings
from services.centres.settings import CentresSettings
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Shapes
from shared.database.unit_of_work import unit_of_work
from tests.actions.neighbours import enter
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture
from tests.authorization.kinds import TABLES
from tests.support.callers import Caller

CountryFixtures = dict[tuple[str, bool], CountryFixture]
PROTECTED = {
    "membership": (
        "experts",
        "institutions",
        "duplicates",
        "merges",
        "declarations",
        "consents",
        "certificates",
        "erasures",
        "broadcasts",
        "initiatives",
        "supports",
        "retention_rules",
        "congresses",
        "participations",
        "certificate_templates",
        "calls",
        "nominations",
    ),
    "centres": (
        "committees",
        "seats",
        "centres",
        "terms",
        "agreements",
        "reviewers",
        "report_templates",
        "annual_reports",
        "partnerships",
        "committee_meetings",
        "decisions",
        "evaluations",
    ),
    "actions": (
        "programmes",
        "actions",
        "milestones",
        "endorsements",
        "evidence",
        "indicators",
        "targets",
        "validation_rules",
        "schemes",
        "results",
        "correspondence",
        "government_bodies",
        "focal_points",
        "meetings",
        "assessments",
        "tasks",
        "support_requests",
        "offers",
        "reports",
        "delegations",
        "report_comments",
        "contributions",
    ),
}
_OF_THE_OFFICE = (
    "declarations",
    "consents",
    "certificates",
    "erasures",
    "retention_rules",
    "reviewers",
    "evaluations",
    "committee_meetings",
    "decisions",
    "broadcasts",
    "certificate_templates",
    "calls",
    "nominations",
    "initiatives",
    "schemes",
    "report_templates",
    "editions",
    "figures",
)
"""Kinds that no national role reads."""
_OF_REPORTS = ("delegations", "report_comments")
"""Kinds that are never published."""
_BARE = """
SELECT id FROM centre_centre c WHERE NOT EXISTS (SELECT FROM centre_profile p WHERE p.centre_id = c.id) LIMIT 1"""
"""A centre without a profile."""
SETTINGS = {
    "membership": MembershipSettings,
    "centres": CentresSettings,
    "actions": ActionsSettings,
    "access": AccessSettings,
}
PREFIXES = {"membership": "member_", "centres": "centre_", "actions": "action_", "access": "access_"}
OF_ACCESS = ("accounts", "grants", "clients", "api_keys", "webhooks", "factors", "signing_keys")
OPEN = {
    "action_framework",
    "core_fact",
    "core_import",
    "core_outbox",
    "member_notice",
}
"""Tables with a country and a visibility but without row-level security: frameworks and notices have no country
and are public, imports belong to their creator, and the feed filters facts."""
APPENDED = {"centre_register_entry"}
"""Tables that triggers append to and no service changes."""
_SCOPED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'escm' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND (SELECT count(*) FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attname IN ('country', 'visibility') AND NOT a.attisdropped) = 2
"""
_OF_ACCESS = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'escm' AND c.relkind = 'r' AND c.relname LIKE 'access\\_%'
"""
_FORCED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'escm' AND c.relrowsecurity AND c.relforcerowsecurity
"""


_PARTS = """
SELECT c.relname, p.grantee::regrole::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL aclexplode(c.relacl) p
WHERE n.nspname = 'escm' AND c.relispartition AND c.relkind = 'r' AND p.grantee <> c.relowner
    AND p.grantee::regrole::text <> 'escm_backup'
"""


@pytest.fixture
def without_app_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every condition of the application filter true, in every module that has one. Statements built meanwhile do
    not reach the caches of later tests."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("services.", "shared.")):
            for condition in ("visible", "with_parent", "by_grant"):
                if hasattr(module, condition):
                    monkeypatch.setattr(module, condition, lambda *_, **__: true())
    monkeypatch.setattr(Shapes, "get", lambda shapes, *shape: shapes._kind(shapes._build(*shape)))


@pytest.fixture(params=SETTINGS)
async def pool(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[tuple[str, Database]]:
    """A service with its own role on one connection."""
    settings = SETTINGS[request.param](database_url=database_url)
    database = await Database.open(settings.database_dsn(), size=1)
    yield request.param, database
    await database.close()


@pytest.fixture
async def stage(superuser: asyncpg.Connection) -> AsyncIterator[None]:
    """Inserts a row in each table that only reactions write, and the profile of a centre."""
    bare = await superuser.fetchval(_BARE)
    profile = bare and await enter(superuser, "centre_profile", status="recorded", centre_id=bare)
    await superuser.execute(
        "INSERT INTO action_country_stage VALUES ('XC', uuidv7(), 1, 'public', 0, '[0,0,0,0,0,0,0]', now())"
    )
    await superuser.execute(
        "INSERT INTO action_country_fact (country, key, link, day, starts) VALUES ('XC', 'contact', '/', now(), now())"
    )
    yield
    await superuser.execute("DELETE FROM centre_profile WHERE id = $1", profile)
    await superuser.execute("DELETE FROM action_country_stage WHERE country = 'XC'")
    await superuser.execute("DELETE FROM action_country_fact WHERE country = 'XC'")


async def _listed(caller: Caller, path: str, **query: Any) -> set[str]:
    """The ids of all pages."""
    return {item["id"] for item in await caller.everything(str(httpx.URL(path, params={"limit": 200, **query})))}


@pytest.mark.usefixtures("without_app_filter")
@pytest.mark.parametrize(("service", "plural"), [(s, plural) for s, plurals in PROTECTED.items() for plural in plurals])
async def test_without_the_filter_restricted_rows_of_another_country_stay_hidden(
    services: Services, country_fixtures: CountryFixtures, service: str, plural: str
) -> None:
    hidden, own, shown = (country_fixtures[key].id(plural) for key in (("XB", False), ("XA", False), ("XB", True)))
    path = f"/{service}/v1/{plural}"
    for name in ("author_xa", "government_xa"):
        caller = Caller(services[service], name)
        for query in ({}, {"country": "XB"}, {"status": "applied,prospect"} if plural == "experts" else {}):
            assert hidden not in await _listed(caller, path, **query)
        assert (own in await _listed(caller, path)) is (plural not in _OF_THE_OFFICE)
        for address in (path, f"{path}/{{}}/history", f"{path}/{{}}/transitions"):
            item = address.format(hidden) if "{}" in address else f"{path}/{hidden}"
            assert (await caller.get(item)).status_code == 404, item
    assert {hidden, own} <= await _listed(Caller(services[service], "admin"), path)
    of_some = ("agreements", "contributions", "duplicates", "merges", "offers", "participations", "tasks")
    if plural not in (*of_some, *_OF_REPORTS, *_OF_THE_OFFICE):
        assert shown in await _listed(Caller(services[service], "author_xa"), path)


@pytest.mark.parametrize(("plural", "table"), [("experts", "member_expert"), ("committees", "centre_committee")])
async def test_it_is_the_application_filter_that_hides_unpublished_rows_of_the_network(
    request: pytest.FixtureRequest,
    services: Services,
    country_fixtures: CountryFixtures,
    superuser: asyncpg.Connection,
    plural: str,
    table: str,
) -> None:
    row, service = (
        country_fixtures["XB", False].id(plural),
        next(s for s, plurals in PROTECTED.items() if plural in plurals),
    )
    caller, path = Caller(services[service], "author_xa"), f"/{service}/v1/{plural}"
    await superuser.execute(f"UPDATE {table} SET visibility = 'network' WHERE id = $1", row)
    assert row not in await _listed(caller, path)
    request.getfixturevalue("without_app_filter")
    assert row in await _listed(caller, path)
    await superuser.execute(f"UPDATE {table} SET visibility = 'restricted' WHERE id = $1", row)


@pytest.mark.usefixtures("without_app_filter")
async def test_without_the_filter_nobody_without_a_grant_sees_more_than_public_rows(
    services: Services, country_fixtures: CountryFixtures
) -> None:
    for service, plurals in PROTECTED.items():
        for plural in plurals:
            listed = await Caller(services[service], "applicant").get(f"/{service}/v1/{plural}", params={"limit": 200})
            shown = {item["visibility"] for item in listed.json()["items"]}
            assert shown <= {"public"}, plural


@pytest.mark.usefixtures("without_app_filter")
async def test_without_the_filter_numbers_count_no_restricted_row_of_another_country(
    services: Services, country_fixtures: CountryFixtures, superuser: asyncpg.Connection
) -> None:
    rows = "SELECT count(*) FROM member_expert WHERE country = 'XB' AND visibility <> 'restricted'"
    counted = await Caller(services["membership"], "author_xa").get("/membership/v1/statistics?country=XB")
    assert counted.json()["total"] == await superuser.fetchval(rows)
    match = await Caller(services["membership"], "author_xa").get(
        "/membership/v1/institutions/match", params={"affiliation": f"University {country_fixtures['XB', False].word}"}
    )
    assert country_fixtures["XB", False].id("institutions") not in match.text


@pytest.mark.usefixtures("without_app_filter")
@pytest.mark.parametrize("plural", OF_ACCESS)
async def test_without_the_filter_nothing_of_access_is_shown_beyond_a_grant(
    services: Services, country_fixtures: CountryFixtures, superuser: asyncpg.Connection, plural: str
) -> None:
    rows = {country: country_fixtures[country, False].id(plural) for country in ("XA", "XB")}
    found = await superuser.fetch(f"SELECT id FROM {TABLES[plural]} WHERE country IS NULL")
    path, of_no_country = f"/access/v1/{plural}", {str(row["id"]) for row in found}
    for name in ("author_xa", "focal_xa", "government_xa", "applicant", "operator"):
        caller = Caller(services["access"], name)
        listed = await _listed(caller, path)
        seen = listed & set(rows.values())
        reads_own = name in ("focal_xa", "government_xa") and plural in ("accounts", "grants", "clients")
        everywhere = name == "operator" and plural in ("clients", "api_keys", "webhooks", "signing_keys")
        assert seen <= set(rows.values() if everywhere else [rows["XA"]] if reads_own else ()), (name, plural)
        assert everywhere or plural not in ("accounts", "clients") or not listed & of_no_country, (name, plural)
        for address in () if everywhere else (rows["XB"], f"{rows['XB']}/history", f"{rows['XB']}/transitions"):
            assert (await caller.get(f"{path}/{address}")).status_code == 404, (name, address)
    assert set(rows.values()) <= await _listed(Caller(services["access"], "admin"), path)


_READS = "SELECT has_any_column_privilege($1, $2, 'SELECT')"


@pytest.mark.parametrize("other", ["membership", "centres", "actions", "relay", "search"])
async def test_no_other_role_reads_a_table_of_access(
    superuser: asyncpg.Connection, database_url: str, other: str
) -> None:
    role = f"{AccessSettings(database_url=database_url).role_prefix}_{other}"
    tables = [row[0] for row in await superuser.fetch(_OF_ACCESS)]
    assert {"access_account", "access_grant", "access_session", "access_signing_key"} <= set(tables)
    held = "SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE') OR has_table_privilege($1, $2, 'DELETE')"
    reached = {table for table in tables if await superuser.fetchval(held, role, table)}
    assert reached == ({"access_last_use", "access_client_call"} if other in SETTINGS else set())
    reading = [table for table in reached if await superuser.fetchval(_READS, role, table)]
    assert reading == (["access_last_use"] if other in SETTINGS else [])


@pytest.mark.usefixtures("without_app_filter")
@pytest.mark.parametrize("service", PROTECTED)
async def test_without_the_filter_nothing_of_another_country_is_changed(
    services: Services, country_fixtures: CountryFixtures, service: str
) -> None:
    for plural in PROTECTED[service]:
        for published in (True, False):
            path = f"/{service}/v1/{plural}/{country_fixtures['XB', published].id(plural)}"
            etag = (await Caller(services[service], "admin").get(path)).headers.get("etag")
            for body in ({"visibility": "network"}, {}):
                response = await Caller(services[service], "government_xa").patch(path, body, etag=etag)
                assert response.status_code in (403, 404, 405), f"{path}: {response.text}"


async def test_every_table_with_a_country_and_a_visibility_has_row_level_security(
    superuser: asyncpg.Connection,
) -> None:
    scoped = {row[0] for row in await superuser.fetch(_SCOPED)}
    assert scoped - {row[0] for row in await superuser.fetch(_FORCED)} == OPEN


async def test_nobody_reaches_a_partition_past_the_row_level_security_of_its_table(
    superuser: asyncpg.Connection,
) -> None:
    assert await superuser.fetchval("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'") > 0
    assert [tuple(row) for row in await superuser.fetch(_PARTS)] == []


async def _tables(superuser: asyncpg.Connection, service: str) -> list[str]:
    scoped = {row[0] for row in await superuser.fetch(_SCOPED)} - OPEN
    return sorted(name for name in scoped if name.startswith(PREFIXES[service]))


async def test_without_a_context_no_row_is_seen_or_changed(
    country_fixtures: CountryFixtures, stage: None, pool: tuple[str, Database], superuser: asyncpg.Connection
) -> None:
    service, database = pool
    for table in await _tables(superuser, service):
        assert await superuser.fetchval(f"SELECT count(*) FROM {table}") > 0, table
        async with database.acquire() as connection:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            if table in APPENDED:
                for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET country = 'XC'"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(statement)
                continue
            if service != "access" or table == "access_session":
                assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0", table
            assert await connection.execute(f"UPDATE {table} SET country = 'XC'") == "UPDATE 0", table
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            assert await uow.connection.fetchval(f"SELECT count(*) FROM {table}") > 0, table


async def test_a_connection_of_the_pool_keeps_no_context(
    country_fixtures: CountryFixtures, pool: tuple[str, Database], superuser: asyncpg.Connection
) -> None:
    service, database = pool
    seen = " + ".join(f"(SELECT count(*) FROM {table})" for table in await _tables(superuser, service))

    async def is_blind() -> bool:
        async with database.acquire() as connection:
            return await connection.fetchval(f"SELECT {seen}") == 0

    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await uow.connection.fetchval(f"SELECT {seen}") > 0
    assert await is_blind()
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(database, SYSTEM_CONTEXT):
            raise ZeroDivisionError
    assert await is_blind()
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await uow.connection.fetch("SELECT 1/0")
    assert await is_blind()

    async def wait() -> None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            entered.set()
            await uow.connection.execute("SELECT pg_sleep(60)")

    entered, waiting = asyncio.Event(), asyncio.create_task(wait())
    await entered.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await is_blind()
