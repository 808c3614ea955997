"""A country of a sandbox returns to its seed: with a record of every kind in two countries, over HTTP and by the
workers of all services. Nothing of the other country changes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx
import pytest

from services.access.app import create_app
from services.access.settings import AccessSettings
from services.access.worker import SANDBOX_SCHEDULES
from services.access.worker import create_worker as access_worker
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker as actions_worker
from services.centres.settings import CentresSettings
from services.centres.worker import create_worker as centres_worker
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker as membership_worker
from shared.database.ids import uuid7
from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.support.callers import Caller, serving
from tests.support.principals import enter_callers
from tests.support.services import Services, open_services
from tests.support.waiting import eventually
from tests.support.workers import at_work, without_relay

RESETS = "/access/v1/sandbox/resets"
_SEED = {
    "member_institution": 2, "member_institution_value": 14, "member_expert": 4, "member_expert_value": 8,
    "member_affiliation": 4,
}  # fmt: skip
_STAYING = frozenset(("core_audit", "centre_register_entry", "action_framework", "member_notice"))
_COUNTED = frozenset(("core_count", "core_count_day", "core_count_delta"))
_TABLES = """
SELECT c.relname::text AS name,
    (SELECT count(*) > 0 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'country') AS has_country
FROM pg_class c WHERE c.relnamespace = 'escm'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname ~ '^(member|centre|action|access)_'
"""
_EXPERTS = "SELECT t::text FROM member_expert t ORDER BY t.id"
Rows = dict[str, dict[str, list[str]]]


class Sandbox:
    """All services and their workers over a database of its own, with a record of every kind in XA."""

    def __init__(self, http: httpx.AsyncClient, found: Services, seeder: Seeder, neighbour: CountryFixture) -> None:
        self._http, self._found, self.seeder, self.neighbour = http, found, seeder, neighbour
        self.superuser = seeder.superuser

    def caller(self, name: str, service: str = "access") -> Caller:
        return Caller(self._http if service == "access" else self._found[service], name)

    async def reset(self, name: str, country: str | None) -> httpx.Response:
        body = {} if country is None else {"country": country}
        return await self.caller(name).request("POST", RESETS, json=body, headers={"Idempotency-Key": uuid7().hex})

    async def done(self, name: str, ordered: httpx.Response) -> dict[str, Any]:
        assert ordered.status_code == 202, ordered.text
        link = ordered.headers["location"]

        async def job() -> dict[str, Any] | None:
            found: dict[str, Any] = (await self.caller(name).get(link)).json()
            assert found["status"] not in ("failed", "cancelled"), found
            return found if found["status"] == "succeeded" else None

        return await eventually(job, within=90)

    async def rows(self) -> Rows:
        """Every row of the four services as text, by table and country."""
        found: Rows = {}
        for table in await self.superuser.fetch(_TABLES):
            place = "coalesce(t.country, '')" if table["has_country"] else "'-'"
            rows = await self.superuser.fetch(f"SELECT {place} AS place, t::text AS row FROM {table['name']} t")
            by_place = found.setdefault(table["name"], {})
            for row in rows:
                by_place.setdefault(row["place"], []).append(row["row"])
        return {name: {place: sorted(rows) for place, rows in places.items()} for name, places in found.items()}


@pytest.fixture(scope="module")
def own_url(database_named: Callable[[str], str]) -> str:
    return database_named("sandbox_resets")


@pytest.fixture(scope="module")
async def sandbox(own_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    url = own_url
    await enter_callers(url)
    given = {"database_url": url, "redis_url": redis_url, "storage_path": tmp_path_factory.mktemp("sandbox")}
    superuser = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    parts = (
        (membership_worker, MembershipSettings), (centres_worker, CentresSettings),
        (actions_worker, ActionsSettings), (access_worker, AccessSettings),
    )  # fmt: skip
    of_sandbox = {"environment": "sandbox"}
    async with AsyncExitStack() as stack:
        found, _ = await stack.enter_async_context(open_services(**given))
        by_admin = {name: Caller(client, ADMIN) for name, client in found.items()}
        seeder = Seeder(by_admin, Caller(found["access"], None), superuser)
        neighbour = await seeder.seed("XA", "canary")
        await superuser.execute("DELETE FROM core_job WHERE status = 'queued'")
        app = create_app(AccessSettings(**given).model_copy(update=of_sandbox))
        http = await stack.enter_async_context(serving(app))
        workers = [without_relay(of(settings(**given).model_copy(update=of_sandbox))) for of, settings in parts]
        for worker in workers:
            worker._schedules, worker._beside = {}, {}
        await stack.enter_async_context(at_work(*workers))
        yield Sandbox(http, found, seeder, neighbour)
    await superuser.close()


@pytest.mark.long("enters records of every kind in two countries")
async def test_a_country_returns_to_its_seed_and_another_keeps_every_byte(sandbox: Sandbox) -> None:
    visitor, neighbour = await sandbox.seeder.seed("XB", "visitor", published=True), sandbox.neighbour
    attending = {"congress_id": visitor.id("congresses"), "expert_id": neighbour.id("experts")}
    joined = await sandbox.caller("admin", "membership").post("/membership/v1/participations", attending)
    assert joined.status_code == 201, joined.text
    before = await sandbox.rows()
    ended = await sandbox.done("operator", await sandbox.reset("operator", "XB"))
    after = await sandbox.rows()
    for name in before.keys() - _COUNTED:
        for place in ("XA", ""):
            assert after[name].get(place, []) == before[name].get(place, []), f"{name} of {place or 'no country'}"
        gone = set(before[name].get("-", [])) - set(after[name].get("-", []))
        assert not any("canary" in row for row in gone), name
    left = {
        name: len(places["XB"])
        for name, places in after.items()
        if "XB" in places and not name.startswith("access_") and name not in _STAYING
    }
    kept = {"member_congress": 1, "action_contribution": 1}
    assert left == _SEED | kept, "a participant of the other country, and a text that never changes, refer to them"
    assert ended["result"]["countries"] == ["XB"]
    assert ended["result"]["removed"]["centre_centre"] >= 1
    listed = (await sandbox.caller("government_xb", "membership").get("/membership/v1/experts?country=XB")).json()
    assert sorted(item["names"][0]["family"] for item in listed["items"]) == [
        "Haddad-Roy", "Marchetti", "Novak", "Quispe",
    ]  # fmt: skip
    (entry,) = await sandbox.superuser.fetch("SELECT * FROM core_audit WHERE subject = $1::uuid", ended["id"])
    assert (entry["resource"], entry["action"], entry["country"]) == ("access.sandbox", "reset", "XB")
    assert entry["actor_kind"] == "account"
    (fact,) = await sandbox.superuser.fetch("SELECT * FROM core_outbox WHERE subject = $1::uuid", ended["id"])
    assert (fact["country"], fact["type"]) == ("XB", "escm.access.sandbox.reset.v1")
    assert not await sandbox.superuser.fetchval(
        "SELECT count(*) FROM access_grant WHERE created_by = 'system' AND scope_id = 'XB'"
        " AND status IN ('active', 'proposed')"
    )


async def _waiting(superuser: asyncpg.Connection) -> int | None:
    pid: int | None = await superuser.fetchval(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        " AND query LIKE 'WITH t0 AS (DELETE FROM member%'"
    )
    return pid


@pytest.mark.long("waits for a retry")
async def test_a_part_that_is_cut_off_is_whole_until_a_retry_finishes_it(sandbox: Sandbox, own_url: str) -> None:
    await sandbox.done("operator", await sandbox.reset("operator", "XB"))
    made = await sandbox.caller("admin", "membership").post(
        "/membership/v1/experts", {"names": [{"full": "Zaza Visitor"}], "country": "XB"}
    )
    assert made.status_code == 201, made.text
    other = await asyncpg.connect(own_url, server_settings={"search_path": "escm"})
    await other.execute("BEGIN; LOCK TABLE member_expert IN SHARE ROW EXCLUSIVE MODE")
    before = await sandbox.superuser.fetch(_EXPERTS)
    ordered = await sandbox.reset("operator", "XB")
    pid = await eventually(lambda: _waiting(sandbox.superuser), within=60)
    await sandbox.superuser.execute("SELECT pg_terminate_backend($1)", pid)
    assert await sandbox.superuser.fetch(_EXPERTS) == before
    await other.close()
    await sandbox.done("operator", ordered)
    assert len((await sandbox.rows())["member_expert"]["XB"]) == 4


@pytest.mark.long("uses the same records")
async def test_who_resets_what(sandbox: Sandbox) -> None:
    for name, country, status, code in (
        ("government_xa", "XB", 403, "country_forbidden"),
        ("author_xa", None, 403, "country_forbidden"),
        ("auditor", "XA", 403, "forbidden"),
        ("applicant", "XA", 403, "forbidden"),
        ("admin", "PK", 422, "validation_failed"),
    ):
        refused = await sandbox.reset(name, country)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    for _ in range(2):
        await sandbox.done("operator", await sandbox.reset("operator", "XC"))
    await sandbox.done("government_xb", await sandbox.reset("government_xb", "XB"))
    again = await sandbox.reset("author_xb", "XB")
    assert (again.status_code, again.json()["code"], "retry-after" in again.headers) == (429, "rate_limited", True)


async def test_it_is_every_night() -> None:
    assert SANDBOX_SCHEDULES["reset_sandbox"].every.days == 1
