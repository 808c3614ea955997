"""Facts under load, with their real effect: the access service reacts to new experts, of whom one in a hundred entered
themselves and gets a grant with its audit entry and its own fact."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

import asyncpg

from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.notifier import Notifier
from shared.messaging.outbox import announce
from tests.bench.servers import API_CORE, LOAD_CORE, WORKING, Addresses, alone, load, running, serving, until
from tests.support.facts import type_of

WAITING = 100_000
RATE = 500
SECONDS = 20
_WRITERS = 8
_ROUNDS = 3
_TYPE = type_of("membership", "expert", "created")
_EMPTY = "TRUNCATE escm.core_outbox, escm.core_fact, escm.core_batch, escm.core_inbox"
_SELF_ENTERED = (
    "UPDATE escm.member_expert SET account_id = gen_random_uuid() WHERE account_id IS NULL AND right(ref, 2) = '00'"
    " AND id = ANY($1)"
)
_LEFT = (
    "SELECT (SELECT count(*) FROM escm.core_outbox)"
    " + (SELECT count(*) FROM escm.core_batch WHERE service = 'access' AND status <> 'succeeded')"
)
_TOOK = (
    "SELECT extract(epoch FROM b.finished_at - f.time) * 1000 FROM escm.core_batch b"
    " JOIN escm.core_fact f ON f.position = ANY(b.positions)"
    " WHERE b.service = 'access' AND b.status = 'succeeded' AND f.type = $1"
)


async def measure(at: Addresses, connection: asyncpg.Connection, create: str) -> dict[str, Any]:
    """`facts_drain`, `facts_latency_p99_ms` and `wakeup_ratio`. `create` is the wrk script of W5."""
    experts = await connection.fetch("SELECT id, ref, country FROM escm.member_expert ORDER BY id LIMIT $1", WAITING)
    await connection.execute(_SELF_ENTERED, [row["id"] for row in experts])
    database = await Database.open(MembershipSettings(database_url=at.postgres).database_dsn(), size=8)
    try:
        drained = await _drain(at, connection, database, experts)
        latency = await _latency(at, connection, database, experts)
    finally:
        await database.close()
    await connection.execute(_EMPTY)
    ratio = _wakeup_ratio(at, create)
    return {
        "facts_drain": alone(drained, "facts/s"),
        "facts_latency_p99_ms": alone(latency, "ms"),
        "wakeup_ratio": alone(ratio, "of W5 without the wake-up"),
    }


async def _drain(
    at: Addresses, connection: asyncpg.Connection, database: Database, experts: Sequence[asyncpg.Record]
) -> float:
    """Facts a second, from the start of the relay to the last effect, with one relay and one worker."""
    await connection.execute(_EMPTY)
    with running("worker access", at, API_CORE):
        await until(connection, WORKING, "access")
        for start in range(0, len(experts), 2000):
            await _announce(database, experts[start : start + 2000])
        began = time.perf_counter()
        with running("relay", at, LOAD_CORE):
            await until(connection, f"SELECT ({_LEFT}) = 0")
            return len(experts) / (time.perf_counter() - began)


async def _latency(
    at: Addresses, connection: asyncpg.Connection, database: Database, experts: Sequence[asyncpg.Record]
) -> float:
    """Milliseconds from the announcement to the committed effect, at RATE facts a second, each from its own commit."""
    await connection.execute(_EMPTY)
    with running("worker access", at, API_CORE), running("relay", at, LOAD_CORE):
        await until(connection, WORKING, "access")
        async with Notifier(at.valkey) as notifier, asyncio.TaskGroup() as group:
            for first in range(_WRITERS):
                group.create_task(_write(database, experts[first : RATE * SECONDS : _WRITERS], notifier))
        await until(connection, f"SELECT ({_LEFT}) = 0")
    return quantiles([float(row[0]) for row in await connection.fetch(_TOOK, _TYPE)], n=100)[98]


async def _write(database: Database, experts: Sequence[asyncpg.Record], notifier: Notifier) -> None:
    began = time.perf_counter()
    for number, expert in enumerate(experts):
        await asyncio.sleep(max(0.0, began + number * _WRITERS / RATE - time.perf_counter()))
        await _announce(database, [expert], notifier)


async def _announce(database: Database, experts: Sequence[asyncpg.Record], notifier: Notifier | None = None) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        for row in experts:
            link = f"/membership/v1/experts/{row['id']}"
            announce(
                uow,
                Fact(type=_TYPE, subject=row["id"], ref=row["ref"], version=1, country=row["country"], link=link),
            )
    if notifier is not None:
        notifier.notify()


def _wakeup_ratio(at: Addresses, create: str) -> float:
    """Creations a second with the notifier, divided by those of an app without a notifier."""
    with (
        serving("services.membership.app:create_app", at, factory=True) as (notifying, _),
        serving("tests.bench.without_notifier:create_app", at, factory=True) as (without_notifier, _),
    ):
        for address in (notifying, without_notifier):
            load(address, create, seconds=1)
        pairs = [(load(notifying, create), load(without_notifier, create)) for _ in range(_ROUNDS)]
    return median(notified for notified, _ in pairs) / median(without for _, without in pairs)
