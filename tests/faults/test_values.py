"""Values equal a recomputation of the same results while results are published, revised and retracted."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.database.ids import uuid7
from shared.kernel.clock import now, today
from tests.actions.neighbours import enter
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.support.aggregates import Rules, counts_on, reported, values_of

_VALUES, _RESULTS = "/actions/v1/statistics/values", "/actions/v1/results"
_CENTRES = 6
_VERSIONS = 8
_PLACE = 100
"""Each centre has two digits of the sum: the number of its version, or 0 while none is published."""
_READERS = 3
_RULES = Rules("unit", "sum", "latest")
_ROWS = """
SELECT r.country, action_id, centre_id, value, numerator, denominator, r.code, missing, published_at, ended_at,
    p.code AS period, p.ends
FROM action_result r JOIN action_period p ON p.id = r.period_id WHERE indicator_id = $1
"""


class Writer:
    """Publishes one version after another of the result of one centre. `states` are the digits that were asked for so
    far, of which the first `done` are confirmed."""

    def __init__(self, client: Client, connection: asyncpg.Connection, about: dict[str, Any], place: int) -> None:
        self._client, self._connection, self._place = client, connection, place
        self._about = {**about, "centre_id": uuid7(), "country": "XA", "kind": "actual", "method": "measured"}
        self.states, self.done = [0], 1

    def digits(self, total: int) -> int:
        return total // _PLACE**self._place % _PLACE

    async def write(self, chance: random.Random, lock: asyncio.Lock) -> None:
        before = None
        for version in range(1, _VERSIONS + 1):
            content = {"value": Decimal(version * _PLACE**self._place), "breakdown": "[]", "evidence": "[]"}
            async with lock:
                before = await enter(
                    self._connection, "action_result", status="accepted", revision_of=before, **self._about, **content
                )
            await self._step(before, version, "publish")
            if chance.random() < 0.3:
                await self._step(before, 0, "retract", reason="Counted twice")
                before = None

    async def _step(self, key: UUID, digits: int, action: str, **more: str) -> None:
        path = f"{_RESULTS}/{key}"
        etag = (await self._client.get(path)).headers["etag"]
        self.states.append(digits)
        headers = {"If-Match": etag, "Idempotency-Key": uuid4().hex}
        body = {"action": action, **more}
        done = await self._client.http.post(f"{path}/transitions", json=body, headers=headers)
        assert done.status_code == 200, done.text
        self.done += 1


@pytest.fixture
async def client(cluster: Cluster) -> AsyncIterator[Client]:
    """A client of the actions API with the token of a country that publishes results."""
    api, url = cluster.api("actions", "values")
    await api.start()
    made = Client(url, cluster.tokens["government_xa"])
    yield made
    await made.close()
    cluster.discard(api)


async def _about(connection: asyncpg.Connection) -> dict[str, Any]:
    """A sum over centres, and a period."""
    rules = {"measure": "unit", "across": "sum", "over_time": "latest", "reported_by": "centre", "frequency": "year"}
    framework = uuid4().hex
    documents = dict.fromkeys(("scale", "codes", "disaggregations"), "[]")
    of = {"framework": framework, "country": None, "status": "active", "code": framework, **rules, **documents}
    indicator = await enter(connection, "action_indicator", **of)
    days = {"starts": today().replace(month=1, day=1), "ends": today().replace(month=12, day=31)}
    more = {"framework": framework, "country": None, "code": f"{today().year}", "status": "open", **days}
    return {"indicator_id": indicator, "period_id": await enter(connection, "action_period", **more)}


async def _recomputed(connection: asyncpg.Connection, indicator: UUID, until: datetime | None) -> Decimal:
    rows = [row for row in await connection.fetch(_ROWS, indicator) if counts_on(row, until)]
    found = values_of((one for row in rows for one in reported(row, _RULES, None)), _RULES, lambda _: ())
    return Decimal(found[()]["value"]) if found else Decimal(0)


async def _value(client: Client, indicator: UUID, **more: str) -> int:
    response = await client.get(_VALUES, indicator=str(indicator), **more)
    assert response.status_code == 200, response.text
    items = response.json()["items"]
    return int(items[0]["value"]) if items else 0


async def test_values_equal_a_recomputation_under_writers(
    cluster: Cluster, client: Client, chance: random.Random
) -> None:
    yesterday = today() - timedelta(days=1)
    async with cluster.superuser() as connection:
        about = await _about(connection)
        indicator = about["indicator_id"]
        await enter(
            connection, "action_result", status="superseded", value=Decimal(7 * _PLACE**_CENTRES), breakdown="[]",
            evidence="[]", **about, centre_id=uuid7(), country="XB", kind="actual",
            published_at=now() - timedelta(days=3), ended_at=now(),
        )  # fmt: skip
        past = await _recomputed(connection, indicator, datetime.combine(today(), time(), UTC))
        assert past == 7 * _PLACE**_CENTRES
        writers = [Writer(client, connection, about, place) for place in range(_CENTRES)]
        lock = asyncio.Lock()
        writing = asyncio.gather(*(writer.write(chance, lock) for writer in writers))

        async def read() -> int:
            reads = 0
            while not writing.done():
                confirmed = [writer.done for writer in writers]
                total = await _value(client, indicator)
                for writer, first in zip(writers, confirmed, strict=True):
                    assert writer.digits(total) in writer.states[first - 1 :], (total, writer.states, first)
                assert await _value(client, indicator, as_of=yesterday.isoformat()) == past
                reads += 1
            return reads

        reads = await asyncio.gather(*(read() for _ in range(_READERS)))
        await writing
        assert min(reads) > 0
        assert await _value(client, indicator) == await _recomputed(connection, indicator, None)
        assert await _value(client, indicator) == sum(
            writer.states[-1] * _PLACE**place for place, writer in enumerate(writers)
        )
