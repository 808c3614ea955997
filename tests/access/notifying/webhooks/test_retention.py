"""How long deliveries are stored: 30 days where they arrived, else 90, and the beginnings of answers for 7."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from services.access.notifying.sending.jobs import tidy
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.access.notifying.webhooks.world import HOOKS, World

URL = "https://receiver.example/in"
_PARTITION = """
CREATE TABLE IF NOT EXISTS access_webhook_delivery_{0:%Y%m%d} PARTITION OF access_webhook_delivery
    FOR VALUES FROM ('{0:%Y-%m-%d}') TO ('{1:%Y-%m-%d}')
"""
_DELIVERY = """
INSERT INTO access_webhook_delivery
    (id, day, webhook_id, event_id, type, record, status, attempts, milliseconds, last_at)
VALUES (uuidv7(), $1, $2::text::uuid, uuidv7(), 'escm.membership.expert.updated.v1', $3, $4, $5::text::jsonb, 1, $6)
"""
_DAYS = "SELECT count(*) FROM pg_class WHERE relname = 'access_webhook_delivery_' || to_char($1::date, 'YYYYMMDD')"


async def _delivered(owner: asyncpg.Connection, hook: str, status: str, days: int, *attempts: int) -> None:
    """A delivery that began so many days ago, named by its status and days, with attempts of these days ago."""
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=days)
    await owner.execute(_PARTITION.format(day, day + timedelta(days=1)))
    made = [
        {"at": (now - timedelta(days=ago, minutes=1)).isoformat(), "problem": "answered", "answer_head": f"{ago} days"}
        for ago in attempts
    ]
    await owner.execute(_DELIVERY, day, hook, f"{status} {days}", status, json.dumps(made), now - timedelta(days=days))


@pytest.fixture
async def database(world: World) -> AsyncIterator[Database]:
    opened = await Database.open(world.settings.database_dsn(), size=1)
    yield opened
    await opened.close()


async def test_what_arrived_goes_before_what_did_not(world: World, database: Database) -> None:
    hook = await world.make("government_xa", URL)
    for status, days in (("delivered", 30), ("delivered", 31), ("exhausted", 31), ("exhausted", 90), ("cancelled", 91)):
        await _delivered(world.owner, hook["id"], status, days)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await tidy(uow)
    shown = {one["record"] for one in await world.deliveries("government_xa", hook) if " " in one["record"]}
    assert shown == {"delivered 30", "exhausted 31", "exhausted 90"}
    today = datetime.now(UTC).date()
    there = {days: await world.owner.fetchval(_DAYS, today + timedelta(days=days)) for days in (-91, -90, 0, 7, 8)}
    assert there == {-91: 0, -90: 1, 0: 1, 7: 1, 8: 0}


async def test_the_beginnings_of_answers_go_after_a_week(world: World, database: Database) -> None:
    hook = await world.make("government_xa", URL)
    await _delivered(world.owner, hook["id"], "exhausted", 10, 10, 8, 6)
    await _delivered(world.owner, hook["id"], "exhausted", 6, 6)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await tidy(uow)
    found = await world.caller.send("government_xa", "GET", f"{HOOKS}/{hook['id']}/deliveries?status=exhausted")
    heads = {one["record"]: [each.get("answer_head") for each in one["attempts"]] for one in found.json()["items"]}
    assert heads == {"exhausted 10": [None, None, "6 days"], "exhausted 6": ["6 days"]}
