"""Promises 3 and 21: a write is readable at once everywhere; reading in pages misses and repeats nothing."""

import asyncio
import base64
import random
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.problems import assert_problem


@pytest.fixture
async def both(cluster: Cluster):
    clients = (cluster.client("first"), cluster.client("second"))
    yield clients
    for client in clients:
        await client.close()


async def test_head_responds_as_get_would_and_the_connection_goes_on(history: History, both: tuple[Client, Client]):
    client, _ = both
    path = (await client.create(history.prefix)).headers["location"]
    for address in (path, EXPERTS, f"{EXPERTS}?format=ndjson", f"{path}0"):
        head, get = await client.http.head(address), await client.http.get(address)
        assert (head.status_code, head.content) == (get.status_code, b"")
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == get.headers.get(name), (address, name)
    etag = (await client.http.head(path)).headers["etag"]
    assert (await client.http.head(path, headers={"If-None-Match": etag})).status_code == 304


async def test_what_one_process_wrote_the_other_reads_at_once(history: History, both: tuple[Client, Client]):
    async def one(number: int) -> None:
        here, there = both if number % 2 else both[::-1]
        mark = f"{history.prefix}{number}"
        created = await here.create(mark)
        assert created.status_code == 201
        path = created.headers["location"]
        read = await there.get(path)
        assert (read.status_code, read.headers["etag"]) == (200, created.headers["etag"])
        changed = await there.http.patch(path, json={"keywords": [mark]}, headers={"If-Match": read.headers["etag"]})
        assert changed.status_code == 200, changed.text
        again = await here.get(path)
        assert (again.json()["version"], again.json()["keywords"]) == (2, [mark])
        found = await there.get(EXPERTS, q=mark)
        assert [item["id"] for item in found.json()["items"]] == [created.json()["id"]]

    for start in range(0, 60, 6):
        await asyncio.gather(*(one(number) for number in range(start, start + 6)))


@pytest.mark.parametrize("sort", ["-created_at", "updated_at", "display_name"])
async def test_paging_finds_each_row_that_stays_exactly_once(
    history: History, both: tuple[Client, Client], sort: str, chance: random.Random
):
    staying = set()
    for number in range(40):
        created = await both[number % 2].create(f"{history.prefix}stays{chance.randrange(1000)}-{number}")
        staying.add(created.json()["id"])
    found: list[str] = []
    async with writing(history, list(both), count=3, pause=0.01):
        page = await both[0].get(EXPERTS, q=history.prefix.rstrip("-"), sort=sort, limit=7)
        while True:
            assert page.status_code == 200, page.text
            found += [item["id"] for item in page.json()["items"]]
            if (onwards := page.json()["next"]) is None or len(found) > 2000:
                break
            page = await both[len(found) % 2].get(onwards)
    assert sorted(key for key in found if key in staying) == sorted(staying)
    assert len(found) == len(set(found))


async def test_a_cursor_with_any_bit_flipped_is_400(history: History, both: tuple[Client, Client], chance):
    for number in range(3):
        await both[0].create(f"{history.prefix}{number}")
    query = {"q": history.prefix.rstrip("-"), "limit": "1"}
    onwards = (await both[0].get(EXPERTS, **query)).json()["next"]
    cursor = parse_qs(urlsplit(onwards).query)["cursor"][0]
    assert (await both[1].get(EXPERTS, **query, cursor=cursor)).status_code == 200
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    turned = []
    for bit in chance.sample(range(len(raw) * 8), min(len(raw) * 8, 160)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        turned.append(base64.urlsafe_b64encode(changed).rstrip(b"=").decode())
    turned += [cursor[:-1], cursor + "A", cursor * 2, "", "%", "x" * 5000]
    for changed_cursor in turned:
        response = await both[1].get(EXPERTS, **query, cursor=changed_cursor)
        assert_problem(response, (400, "invalid_cursor"))
    for other in ({"q": "zz"}, {"limit": "1", "country": "XA"}, {"sort": "created_at"}, {"status": "active"}):
        response = await both[1].get(EXPERTS, **{**query, **other}, cursor=cursor)
        assert_problem(response, (400, "invalid_cursor"))
