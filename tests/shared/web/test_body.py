"""Bodies have a bound in bytes and, as JSON, in levels, whatever their announced length says."""

import json
import random
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from shared.web.body import IMPORT_LIMIT, JSON_LIMIT, is_too_deep
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
    answer = await client.post("/test/v1/things", content=b"[" * 100_000, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("length", [JSON_LIMIT + 1, 50 << 20, 10**30])
async def test_an_announced_length_over_the_bound_is_413_before_a_byte_is_read(client, length):
    headers = {**JSON, "content-length": str(length)}
    answer = await client.post("/test/v1/things", content=untouched(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_length_that_is_no_number_is_400(client):
    answer = await client.post("/test/v1/things", content=b"{}", headers={**JSON, "content-length": "-1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(("path", "kind"), [("/test/v1/things", "application/json"), ("/test/v1/things", "text/plain")])
async def test_an_unannounced_body_is_cut_at_the_bound(client, path, kind):
    sent = []

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(200):
            sent.append(1)
            yield b"1" * 65536

    answer = await client.post(path, content=parts(), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert len(sent) < 20


async def test_a_body_at_the_bound_passes(client):
    body = b'{"names": []' + b" " * (JSON_LIMIT - 13) + b"}"
    answer = await client.post("/test/v1/things", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["bytes"]) == (200, JSON_LIMIT)


async def test_imports_may_be_larger_and_have_a_bound_too(client):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await client.post("/test/v1/imports", content=b"x" * (4 << 20), headers=headers)
    assert answer.json() == {"bytes": 4 << 20}
    headers["content-length"] = str(IMPORT_LIMIT + 1)
    answer = await client.post("/test/v1/imports", content=untouched(), headers=headers)
    assert answer.status_code == 413


async def test_credentials_over_eight_kibibytes_are_an_invalid_token(client):
    answer = await client.get("/test/v1/things", headers={"authorization": "Bearer " + "x" * (1 << 20)})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def untouched() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""
