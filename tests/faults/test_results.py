"""Promises 2 and 3 of results: one published result of a key, whose value never changes, and none that is submitted
after its period has closed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.actions.measurement.periods.operations import apply_scheduled
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.countries import COUNTRIES
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.processes import Process

_AT_ONCE = 50
_V1 = "/actions/v1"
_KILLED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.ConnectError)
_PUBLISHED = "SELECT count(*) FROM action_result WHERE indicator_id = $1 AND status = 'published'"
_VALUES = "SELECT id, status, value::text, revision, superseded_by, published_at, ended_at FROM action_result"
_STEPS = """
SELECT subject, action, count(*) AS times FROM core_audit WHERE subject = ANY($1::uuid[])
    AND action IN ('publish', 'supersede') GROUP BY subject, action
"""
_SUBMITTED = "SELECT id FROM action_result WHERE indicator_id = $1 AND status = 'submitted'"


class Reporting:
    """An API of actions, which a test kills, with an indicator and an open period."""

    def __init__(self, api: Process, client: Client) -> None:
        self.api, self.client = api, client
        self.indicator = self.period = ""

    async def enter(self) -> None:
        code = f"F-{uuid4().hex[:12]}"
        pillars = [{"key": f"action-{n}", "titles": {"en": str(n)}, "order": n} for n in (1, 2, 3)]
        framework = {"core": {"titles": {"en": "Core"}}, "pillars": pillars, "valid_from": "2026-01-01"}
        await self.create("frameworks", code=f"{code}/2026", **framework)
        number = {"level": "outcome", "measure": "unit", "unit": {"code": "ha", "label": "hectares"}}
        rules = {"across": "sum", "over_time": "latest", "titles": {"en": "Land"}, "framework": f"{code}/2026"}
        indicator = await self.create("indicators", code=code, **number, **rules)
        await self.step(indicator["links"]["self"], "publish")
        days = {"starts": "2026-01-01", "ends": "2026-12-31", "opens_on": "2020-01-01", "due_on": "2020-01-02"}
        period = await self.create("periods", framework=f"{code}/2026", code="2026", **days, closes_on="2090-01-01")
        self.indicator, self.period = indicator["id"], period["id"]

    async def create(self, plural: str, **body: Any) -> dict[str, Any]:
        made = await self._post(f"{_V1}/{plural}", body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def result(self, country: str, value: str) -> dict[str, Any]:
        subject = {"indicator_id": self.indicator, "period_id": self.period, "country": country}
        return await self.create("results", **subject, method="measured", value=value)

    async def step(self, path: str, action: str, etag: str = "") -> httpx.Response:
        """The response to a transition of the record as it is, or as it was."""
        etag = etag or (await self.client.get(path)).headers["etag"]
        return await self._post(f"{path}/transitions", {"action": action}, {"If-Match": etag})

    async def _post(self, path: str, body: Any, headers: Any = None) -> httpx.Response:
        keyed = {"Idempotency-Key": uuid4().hex, **(headers or {})}
        return await self.client.http.post(path, json=body, headers=keyed)


@asynccontextmanager
async def reporting(cluster: Cluster) -> AsyncIterator[Reporting]:
    """It reaches Postgres through the proxy."""
    address = cluster.environment(cluster.proxy.port)["DATABASE_URL"]
    api, url = cluster.api("actions", "reporting", DATABASE_URL=address)
    await api.start()
    client = Client(url, cluster.tokens["secretariat"], timeout=60)
    try:
        found = Reporting(api, client)
        await found.enter()
        yield found
    finally:
        await client.close()
        cluster.discard(api)


async def _accept(connection: asyncpg.Connection, record: dict[str, Any]) -> None:
    """Puts a result into the state before its publication, which takes several people."""
    await connection.execute("UPDATE action_result SET status = 'accepted' WHERE id = $1", UUID(record["id"]))


async def test_one_of_fifty_publications_of_a_revision_replaces_what_was_published(
    cluster: Cluster, chance: random.Random
) -> None:
    async with reporting(cluster) as api, cluster.superuser() as connection:
        first = await api.result("XA", "10.50")
        await _accept(connection, first)
        assert (await api.step(first["links"]["self"], "publish")).status_code == 200
        before = dict(await connection.fetchrow(f"{_VALUES} WHERE id = $1", UUID(first["id"])))
        revised = await api.create(f"results/{first['id']}/revisions", reason="Counted anew", value="11.250")
        await _accept(connection, revised)
        path, responses = revised["links"]["self"], Counter[int]()
        rounds = 0
        while not responses[200] and rounds < 20:
            rounds += 1
            if (await api.client.get(path)).json()["status"] == "published":
                break
            await _publish_at_once(api, path, responses, chance if rounds % 2 else None)
            assert await connection.fetchval(_PUBLISHED, UUID(api.indicator)) == 1
        assert responses[200] <= 1, "the transition has one effect"
        assert set(responses) <= {0, 200, 409, 412}, responses
        rows = await connection.fetch(f"{_VALUES} WHERE indicator_id = $1 ORDER BY revision", UUID(api.indicator))
        old, new = (dict(row) for row in rows)
        assert (old["status"], new["status"]) == ("superseded", "published")
        assert (old["superseded_by"], old["ended_at"]) == (new["id"], new["published_at"])
        for name in ("value", "published_at", "revision"):
            assert old[name] == before[name], name
        assert (new["value"], new["revision"]) == ("11.250", 2)
        steps = await connection.fetch(_STEPS, [old["id"], new["id"]])
        assert {(row["subject"], row["action"]): row["times"] for row in steps} == {
            (old["id"], "publish"): 1, (old["id"], "supersede"): 1, (new["id"], "publish"): 1,
        }  # fmt: skip


async def _publish_at_once(api: Reporting, path: str, responses: Counter[int], chance: random.Random | None) -> None:
    """Publishes 50 times at once, and kills the API after some of the responses, or at a commit."""
    etag = (await api.client.get(path)).headers["etag"]

    async def publish() -> None:
        status = 0
        with suppress(*_KILLED):
            status = (await api.step(path, "publish", etag)).status_code
        responses[status] += 1

    sent = [asyncio.create_task(publish()) for _ in range(_AT_ONCE)]
    if chance is not None:
        await asyncio.sleep(chance.uniform(0, 0.05))
        api.api.kill()
    await asyncio.gather(*sent)
    if chance is not None:
        await api.api.start()


async def test_nothing_is_submitted_after_its_period_has_closed(cluster: Cluster) -> None:
    async with reporting(cluster) as api, cluster.superuser() as connection:
        countries = sorted(COUNTRIES)[:_AT_ONCE]
        paths = [(await api.result(country, "1"))["links"]["self"] for country in countries]
        etags = [(await api.client.get(path)).headers["etag"] for path in paths]
        overdue = "UPDATE action_period SET closes_on = '2020-01-03' WHERE id = $1"
        await connection.execute(overdue, UUID(api.period))
        sent = [asyncio.create_task(api.step(path, "submit", etag)) for path, etag in zip(paths, etags, strict=True)]
        await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        in_time = await _close(cluster, api.indicator)
        responses = await asyncio.gather(*sent)
        statuses = {path.rpartition("/")[2]: one for path, one in zip(paths, responses, strict=True)}
        accepted = {key for key, one in statuses.items() if one.status_code == 200}
        rows = await connection.fetch(_SUBMITTED, UUID(api.indicator))
        assert {str(row["id"]) for row in rows} == accepted == in_time
        assert in_time, "the first response came before the period closed"
        refused = {(one.status_code, one.json().get("reason")) for one in responses if one.status_code != 200}
        assert refused <= {(409, "period_closed"), (503, None)}, "a submission waits for a connection, or is refused"
        assert await connection.fetchval("SELECT status FROM action_period WHERE id = $1", UUID(api.period)) == "closed"


async def _close(cluster: Cluster, indicator: str) -> set[str]:
    """Closes the periods that are due, as the schedule does. The results that were submitted before."""
    settings = ActionsSettings(database_url=cluster.database_url)
    database = await Database.open(settings.database_dsn(), size=1)
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await apply_scheduled(uow)
            rows = await uow.connection.fetch(f"SELECT id FROM ({_SUBMITTED}) s", UUID(indicator))
    finally:
        await database.close()
    return {str(row["id"]) for row in rows}
