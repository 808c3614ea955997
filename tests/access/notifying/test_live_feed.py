"""The feed as it happens: callers who wait, positions by time, chosen records, and the types of events."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from services.access.app import create_app
from services.access.notifying.feed import tail
from services.access.settings import AccessSettings
from shared.contracts.envelope import CloudEvent
from shared.contracts.registry import FACTS
from shared.kernel.clock import now, to_text
from shared.messaging.wakeup import FEED, channel
from tests.access.notifying.test_feed import EXPERT, LETTER, Feed
from tests.support.callers import Caller, serving
from tests.support.waiting import eventually

NEVER = 1e6
LONG = 25


class Live(Feed):
    """A feed of which only notices wake those who wait: no poll is due."""

    def __init__(self, http: httpx.AsyncClient, connection: asyncpg.Connection, app: Any, redis: Redis) -> None:
        super().__init__(http, connection)
        self.tail: tail.Tail = app.state.feed_tail
        self._redis = redis

    async def notify(self) -> None:
        """What the relay does after it gave positions."""
        await self._redis.publish(channel(FEED), b"")

    async def has_passed_over_all(self) -> None:
        """Until the feed's new end was looked at."""
        head = await self.connection.fetchval("SELECT head FROM core_feed_ends")
        await eventually(lambda: asyncio.sleep(0, self.tail._upto == head))

    async def waiting(self, name: str, **query: Any) -> "asyncio.Task[dict[str, Any]]":
        """A request that waits for a newer event than there is."""
        after = (await self.read(name))["next_after"]
        before = len(self.tail._followers)
        task = asyncio.create_task(self.read(name, after=after, wait=LONG, **query))
        await eventually(lambda: asyncio.sleep(0, len(self.tail._followers) > before or task.done()))
        return task


@pytest.fixture(scope="module")
async def served(settings: AccessSettings) -> AsyncIterator[tuple[Any, httpx.AsyncClient]]:
    app = create_app(settings)
    async with serving(app) as client:
        wakeup = app.state.feed_tail._wakeup
        await eventually(lambda: asyncio.sleep(0, wakeup.is_connected))
        wakeup._poll, wakeup._next_poll = NEVER, wakeup._clock() + NEVER
        yield app, client


@pytest.fixture
async def live(served: tuple[Any, httpx.AsyncClient], database_url: str, redis_url: str) -> AsyncIterator[Live]:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute("DELETE FROM core_fact")
    app, http = served
    async with Redis.from_url(redis_url) as redis:
        found = Live(http, connection, app, redis)
        found.tail._upto = None
        await connection.execute("UPDATE core_lease SET position = 0 WHERE name = 'relay'")
        yield found
    await connection.close()


async def test_who_waits_gets_the_next_event_with_the_notice_of_it(live: Live) -> None:
    waiting = await live.waiting("author_xa")
    fact = await live.add(EXPERT, "XA")
    await live.notify()
    assert [event["id"] for event in (await waiting)["items"]] == [fact]


async def test_an_event_for_others_wakes_nobody(live: Live) -> None:
    waiting = await live.waiting("author_xa", type="escm.membership.*")
    await live.notify()
    for country, kind in (("XB", EXPERT), ("XA", LETTER)):
        await live.add(kind, country)
        await live.notify()
    await live.has_passed_over_all()
    assert not waiting.done()
    fact = await live.add(EXPERT, "XA")
    await live.notify()
    page = await waiting
    assert [event["id"] for event in page["items"]] == [fact]
    assert await live.read("author_xa", after=page["next_after"]) == {"items": [], "next_after": page["next_after"]}


async def test_a_walk_that_waits_loses_nothing(live: Live) -> None:
    """While facts are added as fast as the database takes them."""
    await live.add(EXPERT, "XB")
    start = (await live.read("author_xa"))["next_after"]
    found: list[str] = []

    async def walk() -> None:
        after = start
        while len(found) < 40:
            page = await live.read("author_xa", after=after, wait=LONG)
            found.extend(event["id"] for event in page["items"])
            after = page["next_after"]

    walking = asyncio.create_task(walk())
    added = []
    for number in range(80):
        fact = await live.add(EXPERT, "XA" if number % 2 else "XB", what="updated")
        added += [fact] if number % 2 else []
        await live.notify()
    await walking
    assert found == added


async def test_a_wait_ends_without_an_event(live: Live) -> None:
    after = (await live.read("admin"))["next_after"]
    assert await live.read("admin", after=after, wait=1) == {"items": [], "next_after": after}


async def test_what_is_there_is_not_waited_for(live: Live) -> None:
    fact = await live.add(EXPERT, "XA")
    assert await live.ids("admin", wait=LONG) == [fact]


async def test_one_caller_has_so_many_waits_and_a_further_one_is_answered_at_once(live: Live) -> None:
    waiting = [await live.waiting("author_xa") for _ in range(tail.MOST_OF_ONE)]
    after = (await live.read("author_xa"))["next_after"]
    assert (await live.read("author_xa", after=after, wait=LONG))["items"] == []
    assert not any(task.done() for task in waiting)
    fact = await live.add(EXPERT, "XA")
    await live.notify()
    for page in await asyncio.gather(*waiting):
        assert [event["id"] for event in page["items"]] == [fact]
    assert live.tail._waiting.total() == 0


async def test_all_callers_of_a_process_have_so_many_waits(live: Live) -> None:
    live.tail._waiting.update({"others": tail.MOST_WAITING})
    try:
        after = (await live.read("admin"))["next_after"]
        assert (await live.read("admin", after=after, wait=LONG))["items"] == []
    finally:
        live.tail._waiting.clear()


async def test_a_process_that_stops_keeps_nobody(live: Live, served: tuple[Any, httpx.AsyncClient]) -> None:
    readiness = served[0].state.readiness
    waiting = await live.waiting("admin")
    readiness.is_draining = True
    try:
        await live.notify()
        assert (await waiting)["items"] == []
    finally:
        readiness.is_draining = False


async def test_events_are_chosen_by_record(live: Live) -> None:
    mine = uuid4()
    fact = await live.add(EXPERT, "XA", subject=mine)
    other = await live.add(EXPERT, "XA")
    await live.connection.execute("UPDATE core_fact SET ref = 'EXP-9' WHERE fact = $1::text::uuid", other)
    assert await live.ids("admin", record=str(mine)) == [fact]
    assert await live.ids("admin", record="EXP-9") == [other]
    assert await live.ids("admin", record=f"EXP-9,{mine}") == [fact, other]
    assert await live.ids("author_xb", record=str(mine)) == []


async def test_a_position_of_an_instant_is_before_all_that_follows_it(live: Live) -> None:
    facts = [await live.add(EXPERT, "XA") for _ in range(9)]
    start = now() - timedelta(hours=1)
    await live.connection.execute(
        "UPDATE core_fact SET sequenced_at = $1::timestamptz + position * interval '1 minute'", start
    )

    async def at(minutes: float) -> list[str]:
        instant = to_text(start + timedelta(minutes=minutes))
        found = await Caller(live.http, "admin").get("/access/v1/events/position", params={"at": instant})
        assert found.status_code == 200, found.text
        return await live.ids("admin", after=found.json()["after"])

    for minutes, after in ((0, 0), (1, 1), (1.5, 1), (4.5, 4), (8.9, 8), (9, 9), (59, 9)):
        assert await at(minutes) == facts[after:], minutes
    present = (await Caller(live.http, "author_xb").get("/access/v1/events/position")).json()["after"]
    fact = await live.add(EXPERT, "XA")
    assert await live.ids("admin", after=present) == [fact]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("", {"wait": "26"}),
        ("", {"wait": "-1"}),
        ("", {"wait": "x"}),
        ("", {"record": ""}),
        ("", {"record": ",".join(["CTR-1"] * 101)}),
        ("", {"record": "A" * 41}),
        ("/position", {"at": "yesterday"}),
    ],
)
async def test_a_feed_that_nobody_can_wait_for(live: Live, path: str, query: dict[str, str]) -> None:
    refused = await Caller(live.http, "admin").get(f"/access/v1/events{path}", params=query)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


async def test_every_type_of_event_has_a_meaning_and_a_sample_of_its_kind(live: Live) -> None:
    found = (await Caller(live.http, None).get("/access/v1/event_types")).json()["items"]
    by_type = {each["type"]: each for each in found}
    assert sorted(by_type) == [each["type"] for each in found]
    assert set(by_type) <= FACTS
    assert EXPERT.format("created") in by_type
    for name, each in by_type.items():
        service, _, entity = name.removeprefix("escm.").partition(".")
        assert each["description"].endswith("."), name
        if each["sample"] is not None:
            sample = CloudEvent.model_validate(each["sample"], extra="forbid")
            assert (sample.type, sample.source) == (name, f"/{service}")
            assert sample.data.link.startswith(f"/{service}/v1/"), entity
            assert sample.subject == str(sample.data.id)


async def test_the_contract_has_every_type_as_a_webhook(live: Live) -> None:
    document = (await Caller(live.http, None).get("/access/v1/openapi.json")).json()
    types = (await Caller(live.http, None).get("/access/v1/event_types")).json()["items"]
    assert list(document["webhooks"]) == [each["type"] for each in types]
    (shared,) = {each["$ref"] for each in document["webhooks"].values()}
    body = document["components"]["pathItems"][shared.rpartition("/")[2]]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/CloudEvent"}
