"""A committed fact reaches every reaction once, whatever faults occur."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.messaging.outbox import announce
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import TYPE, MessagingSettings, fact
from tests.support.waiting import eventually
from tests.support.workers import at_work

Announce = Callable[..., Awaitable[list[Fact]]]
Effects = Callable[[], Awaitable[list[Any]]]
UPDATED = "escm.membership.expert.updated.v1"


async def note(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    for each in facts:
        await uow.connection.execute("INSERT INTO effect (fact, note) VALUES ($1, $2)", each.id, each.traceparent)


def ids(facts: list[Fact]) -> list[Any]:
    return sorted(fact.id for fact in facts)


async def test_a_committed_fact_has_its_effect_once(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects
) -> None:
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        facts = await announce_facts(450)
        await eventually(lambda: _count(effects, 450))
    assert sorted(await effects()) == ids(facts)


async def test_a_rolled_back_fact_never_is_announced(
    settings: MessagingSettings, database: Database, announce_facts: Announce, effects: Effects
) -> None:
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        with suppress(ZeroDivisionError):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                announce(uow, fact())
                await uow.flush()
                raise ZeroDivisionError
        kept = await announce_facts()
        await eventually(lambda: _count(effects, 1))
    assert await effects() == ids(kept)


@pytest.mark.long("waits for a late commit")
async def test_a_reader_misses_no_fact_that_was_committed_late(
    settings: MessagingSettings, database: Database, announce_facts: Announce, admin: asyncpg.Connection
) -> None:
    late, seen, after = fact(), [], 0

    async def read_on() -> int:
        nonlocal after
        for row in await admin.fetch("SELECT position, fact FROM core_fact WHERE position > $1 ORDER BY 1", after):
            assert row["position"] == after + 1, "positions have no gaps"
            after = row["position"]
            seen.append(row["fact"])
        return len(seen)

    async with at_work(Relay(settings)):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            announce(uow, late)
            await uow.flush()
            early = [*await announce_facts(3), *await announce_facts(300)]
            await eventually(lambda: _is(read_on, 303))
        await eventually(lambda: _is(read_on, 304))
    assert seen == [*(each.id for each in early), late.id]
    held = await admin.fetchval("SELECT count(*) FROM core_outbox")
    assert held == 0


async def test_facts_of_one_transaction_keep_their_order(
    settings: MessagingSettings, announce_facts: Announce, admin: asyncpg.Connection
) -> None:
    async with at_work(Relay(settings)):
        facts = await announce_facts(2500)
        await eventually(lambda: admin.fetchval("SELECT count(*) = 2500 FROM core_fact"))
    rows = await admin.fetch("SELECT position, fact FROM core_fact ORDER BY position")
    assert [row["fact"] for row in rows] == [fact.id for fact in facts]
    assert [row["position"] for row in rows] == list(range(1, 2501))


@pytest.mark.long("waits for a poll")
async def test_flushing_valkey_loses_nothing(
    settings: MessagingSettings, redis_url: str, announce_facts: Announce, effects: Effects
) -> None:
    processes = Relay(settings), Worker("membership", settings, {TYPE: note})
    async with Redis.from_url(redis_url) as valkey, at_work(*processes):
        for _ in range(20):
            await announce_facts(20)
            await valkey.flushall()
        await eventually(lambda: _count(effects, 400))
    assert len(set(await effects())) == 400


@pytest.mark.long("waits for a poll")
async def test_without_valkey_facts_arrive_by_polling(
    database_url: str, announce_facts: Announce, effects: Effects
) -> None:
    settings = MessagingSettings(database_url=database_url, redis_url="redis://127.0.0.1:1/0")
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        await announce_facts(5)
        await eventually(lambda: _count(effects, 5))


async def test_every_matching_reaction_runs_once(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects
) -> None:
    reactions = {TYPE: note, "escm.membership.expert.*": note, "escm.centres.*": note}
    async with at_work(Relay(settings), Worker("membership", settings, reactions)):
        (announced,) = await announce_facts()
        await eventually(lambda: _count(effects, 2))
        await announce_facts(3, "escm.membership.institution.created.v1")
        await asyncio.sleep(0.3)
    assert await effects() == [announced.id, announced.id]


async def test_the_trace_is_carried_to_the_reaction(
    settings: MessagingSettings, database: Database, admin: asyncpg.Connection
) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            announce(uow, fact().model_copy(update={"traceparent": trace}))
        await eventually(lambda: admin.fetchval("SELECT note FROM effect"))
    assert await admin.fetchval("SELECT note FROM effect") == trace


@pytest.mark.long("runs two workers one after the other")
async def test_an_older_worker_leaves_what_only_the_newer_reacts_to(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects, admin: asyncpg.Connection
) -> None:
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        async with at_work(Worker("membership", settings, {TYPE: note, UPDATED: note})):
            await eventually(lambda: admin.fetchval("SELECT count(*) = 2 FROM core_subscription"))
        (announced,) = await announce_facts(1, UPDATED)
        await eventually(lambda: admin.fetchval("SELECT count(*) FROM core_batch"))
        await asyncio.sleep(0.3)
        assert await effects() == []
        async with at_work(Worker("membership", settings, {TYPE: note, UPDATED: note})):
            await eventually(lambda: _count(effects, 1))
    assert await effects() == [announced.id]


async def test_bulk_facts_do_not_hold_up_others(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects, admin: asyncpg.Connection
) -> None:
    release = asyncio.Event()

    async def slowly(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        if any(fact.bulk for fact in facts):
            await release.wait()
        await note(uow, facts)

    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: slowly})):
        await announce_facts(2000, bulk=True)
        await eventually(lambda: admin.fetchval("SELECT count(*) FROM core_batch WHERE status = 'running'"))
        (announced,) = await announce_facts()
        await eventually(lambda: _holds(effects, announced.id))
        assert await effects() == [announced.id]
        release.set()


async def test_one_relay_leads_and_another_takes_over(
    settings: MessagingSettings, announce_facts: Announce, admin: asyncpg.Connection
) -> None:
    async with at_work(Relay(settings, lease=0.5)):
        async with at_work(Relay(settings, lease=0.5)):
            await announce_facts(10)
            await eventually(lambda: admin.fetchval("SELECT count(*) = 10 FROM core_fact"))
        await announce_facts(10)
        await eventually(lambda: admin.fetchval("SELECT count(*) = 20 FROM core_fact"))
    assert await admin.fetchval("SELECT max(position) FROM core_fact") == 20


async def _count(effects: Effects, wanted: int) -> bool:
    return len(await effects()) == wanted


async def _holds(effects: Effects, wanted: object) -> bool:
    return wanted in await effects()


async def _is(read: Callable[[], Awaitable[int]], wanted: int) -> bool:
    return await read() == wanted
