"""Bodies have a bound in bytes and, as JSON, in levels, whatever their announced length."""

import asyncio
import json
import random
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.configuration.settings import Settings
from shared.web.edge.body import JSON_LIMIT, Body, is_too_deep
from shared.web.edge.budget import MemoryBudget
from shared.web.request.error_mapping import BodyRefused
from shared.web.request.uploads import IMPORT_LIMIT
from tests.shared.web.edge_app import client_of, edge_app

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
async def client():
    async with client_of(edge_app()) as client:
        yield client


def depth_of(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


def any_value(chance: random.Random, levels: int):
    kind = chance.choice("tnld") if levels else "t"
    if kind == "l":
        return [any_value(chance, levels - 1) for _ in range(chance.randrange(4))]
    if kind == "d":
        return {any_text(chance): any_value(chance, levels - 1) for _ in range(chance.randrange(4))}
    return any_text(chance) if kind == "t" else None


def any_text(chance: random.Random) -> str:
    return "".join(chance.choices('[]{}"\\a', k=chance.randrange(6)))


@pytest.mark.parametrize("seed", range(20))
def test_the_scan_agrees_with_a_parser(seed):
    chance = random.Random(seed)
    for _ in range(100):
        value = any_value(chance, 8)
        for levels in range(7):
            assert is_too_deep(json.dumps(value).encode(), levels) is (depth_of(value) > levels)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":' * 17 + b"1" + b"}]" * 17, b"]" * 50 + b"[" * 50]
)
def test_deep_or_unmatched_brackets_are_too_deep(body):
    assert is_too_deep(body)


def test_brackets_in_strings_and_broad_bodies_are_not_deep():
    assert not is_too_deep(json.dumps(["[" * 10_000, '"{' * 10_000, "\\"]).encode())
    assert not is_too_deep(json.dumps([[{}]] * 10_000).encode())
    assert not is_too_deep(b"[" * 32 + b"]" * 32)
    assert is_too_deep(b"[" * 33 + b"]" * 33)


def test_any_bytes_are_scanned_in_little_memory():
    body = b'"' + b"\\a" * 400_000 + b"[" * 200_000
    tracemalloc.start()
    is_too_deep(body)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


async def test_a_hundred_thousand_brackets_are_malformed_json(client):
    response = await client.post("/test/v1/things", content=b"[" * 100_000, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("length", [JSON_LIMIT + 1, 50 << 20, 10**30])
async def test_an_announced_length_over_the_bound_is_413_before_a_byte_is_read(client, length):
    headers = {**JSON, "content-length": str(length)}
    response = await client.post("/test/v1/things", content=untouched(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_a_length_that_is_no_number_is_400(client):
    response = await client.post("/test/v1/things", content=b"{}", headers={**JSON, "content-length": "-1"})
    assert (response.status_code, response.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(("path", "kind"), [("/test/v1/things", "application/json"), ("/test/v1/things", "text/plain")])
async def test_an_unannounced_body_is_cut_at_the_bound(client, path, kind):
    sent = []

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(200):
            sent.append(1)
            yield b"1" * 65536

    response = await client.post(path, content=parts(), headers={"content-type": kind})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert len(sent) < 20


async def test_a_body_at_the_bound_passes(client):
    body = b'{"names": []' + b" " * (JSON_LIMIT - 13) + b"}"
    response = await client.post("/test/v1/things", content=body, headers=JSON)
    assert (response.status_code, response.json()["bytes"]) == (200, JSON_LIMIT)


async def test_imports_may_be_larger_and_have_a_bound_too(client):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    response = await client.post("/test/v1/imports", content=b"x" * (4 << 20), headers=headers)
    assert response.json() == {"bytes": 4 << 20}
    headers["content-length"] = str(IMPORT_LIMIT + 1)
    response = await client.post("/test/v1/imports", content=untouched(), headers=headers)
    assert response.status_code == 413


async def test_credentials_over_eight_kibibytes_are_an_invalid_token(client):
    response = await client.get("/test/v1/things", headers={"authorization": "Bearer " + "x" * (1 << 20)})
    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


async def untouched() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/csv", "application/json"])
async def test_only_a_form_with_a_file_may_be_larger(client, kind):
    headers = {"content-type": kind, "content-length": str(JSON_LIMIT + 1)}
    response = await client.post("/test/v1/imports", content=untouched(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.long("waits for a time limit")
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_a_body_that_stops_arriving_is_408(kind):
    async def half() -> AsyncIterator[bytes]:
        yield b'{"names"'
        await asyncio.Event().wait()

    async with client_of(edge_app(Settings(environment="test", body_seconds=1))) as client:
        response = await client.post("/test/v1/things", content=half(), headers={"content-type": kind})
    assert (response.status_code, response.json()["code"]) == (408, "request_timeout")
    assert response.headers["connection"] == "close"


class Clock:
    """Parts of a body that each take time of the event loop, without waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, parts: int, size: int, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._time, self._ahead = self._loop.time, 0.0
        self._parts, self._size, self._seconds = parts, size, seconds
        monkeypatch.setattr(self._loop, "time", lambda: self._time() + self._ahead, raising=False)

    async def receive(self) -> dict[str, Any]:
        self._ahead += self._seconds
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._parts -= 1
        return {"type": "http.request", "body": b"x" * self._size, "more_body": self._parts > 0}


def body_of(receive: Any, budget: MemoryBudget, seconds: float = 30.0) -> Body:
    scope = {"method": "POST", "path": "/x", "escm.headers": {b"content-type": b"multipart/form-data"}}
    return Body(scope, receive, seconds, budget, IMPORT_LIMIT)


async def read(body: Body) -> int:
    size = 0
    while (message := await body.receive())["more_body"]:
        size += len(message["body"])
    return size + len(message["body"])


@pytest.mark.parametrize(
    ("size", "seconds", "is_late"), [(1 << 21, 15, False), (1 << 16, 15, True), (1 << 20, 31, True)]
)
async def test_a_body_may_take_long_while_it_comes_at_the_pace(monkeypatch, size, seconds, is_late):
    with body_of(Clock(monkeypatch, 10, size, seconds).receive, MemoryBudget(1 << 30)) as body:
        if is_late:
            for _ in range(2):
                with pytest.raises(BodyRefused):
                    await read(body)
        else:
            assert await read(body) == 10 * size


async def test_bodies_together_have_a_bound_and_the_slowest_gives_way():
    budget = MemoryBudget(100)

    async def part(more: bool = True) -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 60, "more_body": more}

    async def half() -> dict[str, Any]:
        return await part() if not slow._read else await asyncio.Event().wait()

    async def whole() -> dict[str, Any]:
        return await part(more=False)

    with body_of(half, budget) as slow:
        reading = asyncio.create_task(read(slow))
        while slow._timeout is None or not slow._read:  # noqa: ASYNC110 - nothing signals that the next part is awaited
            await asyncio.sleep(0)
        with body_of(whole, budget) as quick:
            assert await read(quick) == 60
            with pytest.raises(BodyRefused) as refused:
                await reading
            assert refused.value.error.code == "unavailable"
            with body_of(whole, budget) as third, pytest.raises(BodyRefused):
                await read(third)
    assert budget.total == 0
