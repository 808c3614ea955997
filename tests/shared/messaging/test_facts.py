"""A committed fact reaches every reaction once, whatever happens on the way."""

import asyncio
from collections.abc import Awaitable, Callable
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
from tests.shared.messaging.conftest import TYPE, MessagingSettings, at_work, eventually, fact

Tell = Callable[..., Awaitable[list[Fact]]]
Effects = Callable[[], Awaitable[list[Any]]]


async def note(uow: UnitOfWork, fact: Fact) -> None:
    await uow.connection.execute("INSERT INTO effect (fact, note) VALUES ($1, $2)", fact.id, fact.traceparent)


async def test_a_committed_fact_has_its_effect_once(settings: MessagingSettings, tell: Tell, effects: Effects) -> None:
    async with at_work(Relay(settings), Worker("membership", settings, {TYPE: note})):
        facts = await tell(450)
        await eventually(lambda: _count(effects, 450))
    assert sorted(await effects()) == sorted(fact.id for fact in facts)


async def _count(effects: Effects, wanted: int) -> bool:
    return len(await effects()) == wanted
