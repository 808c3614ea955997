"""Promise 34: every error is a catalogued problem, and a rejected request changes nothing."""

import asyncio
import json
import random
from typing import Any

import httpx
import pytest

from tests.faults.clients import EXPERTS, Client, expert
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.problems import assert_problem

_JSON = {"Content-Type": "application/json"}
_MIB = 1 << 20


@pytest.fixture
async def client(cluster: Cluster):
    client = cluster.client("second", timeout=20)
    yield client
    await client.close()


@pytest.fixture
async def record(client: Client, history: History) -> dict[str, Any]:
    response = await client.create(f"{history.prefix}kept", key=f"{history.prefix}kept")
    assert response.status_code == 201, response.text
    return {"etag": response.headers["etag"], "path": f"{EXPERTS}/{response.json()['id']}"}


def _with(**more: Any) -> bytes:
    return json.dumps(expert("Refused", **more)).encode()


BODIES = {
    "malformed JSON": (b'{"names": [', 400, "malformed_json"),
    "not UTF-8": (b'{"country": "\xff\xfe"}', 400, "malformed_json"),
    "empty": (b"", 422, "validation_failed"),
    "a list": (b"[]", 422, "validation_failed"),
    "not a number": (b'{"country": NaN}', 422, "validation_failed"),
    "an unknown field": (_with(colour="green"), 422, "unknown_field"),
    "a field of the server": (_with(id="0199", version=7, status="active"), 422, "unknown_field"),
    "a wrong check digit": (_with(orcid="0000-0002-1825-0098"), 422, "validation_failed"),
    "an unknown country": (_with(country="QQ"), 422, "validation_failed"),
    "a NUL in a text": (_with(keywords=["a\0b"]), 422, "invalid_text"),
    "a lone surrogate": (_with(keywords=["a\ud800b"]), 422, "invalid_text"),
    "a NUL in a key": (_with(biography={"e\0n": "x"}), 422, None),
    "100,000 brackets": (b'{"names":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "malformed_json"),
    "100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "malformed_json"),
    "a huge number": (b'{"country": 1' + b"0" * 5000 + b"}", 400, "malformed_json"),
    "a megabyte of text": (_with(keywords=["x" * (_MIB - 200)]), 422, "validation_failed"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_bad_body_is_a_problem_and_changes_nothing(client: Client, cluster: Cluster, name: str):
    body, status, code = BODIES[name]
    before = await _count(cluster)
    response = await client.http.post(EXPERTS, content=body, headers={**_JSON, "Idempotency-Key": "bad-body"})
    found = assert_problem(response)
    assert 400 <= response.status_code < 500
    assert (response.status_code, found) == (status or response.status_code, code or found)
    assert await _count(cluster) == before


async def test_a_body_of_fifty_megabytes_is_413_announced_or_not(client: Client, cluster: Cluster):
    before = await _count(cluster)
    headers = {**_JSON, "Idempotency-Key": "large"}

    async def parts() -> Any:
        for _ in range(50):
            yield b"[" + b" " * (_MIB - 1)

    for content in (b" " * (50 * _MIB), parts()):
        try:
            response = await client.http.post(EXPERTS, content=content, headers=headers)
        except client.broken:
            continue
        assert assert_problem(response) == "too_large"
    assert (await client.get(EXPERTS, limit=1)).status_code == 200
    assert await _count(cluster) == before


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{EXPERTS}?colour=green", 400, "unknown_parameter"),
        ("GET", f"{EXPERTS}?limit=0", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?limit={'9' * 5000}", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?country=QQ", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?sort=colour", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?updated_after=tomorrow", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?q=%00", 400, "invalid_parameter"),
        ("GET", f"{EXPERTS}?cursor=x", 400, "invalid_cursor"),
        ("GET", f"{EXPERTS}/not-an-id", 404, "not_found"),
        ("GET", f"{EXPERTS}/%00", 404, "not_found"),
        ("GET", f"{EXPERTS}/EXP-999999", 404, "not_found"),
        ("GET", "/membership/v1/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("PUT", EXPERTS, 405, "method_not_allowed"),
        ("DELETE", EXPERTS, 405, "method_not_allowed"),
        ("BREW", EXPERTS, 400, "malformed_request"),
    ],
)
async def test_a_bad_address_is_a_problem(client: Client, method: str, path: str, status: int, code: str):
    assert_problem(await client.http.request(method, path), (status, code))


async def test_what_is_not_http_is_a_problem(cluster: Cluster):
    for sent in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(cluster.second_url.rpartition(":")[2]))
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        response = httpx.Response(int(status.split()[1]), headers=[line.split(": ", 1) for line in lines], content=body)
        assert_problem(response, (400, "malformed_request"))
        writer.close()


async def test_other_media_types_are_415(client: Client, record: dict[str, Any]):
    for method, path in (("POST", EXPERTS), ("PATCH", record["path"])):
        for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", ""):
            headers = {"Content-Type": kind, "Idempotency-Key": "media", "If-Match": record["etag"]}
            response = await client.http.request(method, path, content=b"{}", headers=headers)
            assert_problem(response, (415, "unsupported_media_type"))


async def test_preconditions(client: Client, record: dict[str, Any]):
    stale = '"0.00000000"'
    steps = f"{record['path']}/transitions"
    for method, path, body in (
        ("PATCH", record["path"], {"keywords": ["new"]}),
        ("POST", steps, {"action": "invite"}),
    ):
        for given, status, code in (
            (None, 428, "precondition_required"),
            ("*", 428, "precondition_required"),
            (stale, 412, "version_conflict"),
            (f"W/{stale}", 412, "version_conflict"),
            ("nonsense", 412, "version_conflict"),
        ):
            headers = {"Idempotency-Key": f"{status}{given}"} | ({} if given is None else {"If-Match": given})
            response = await client.http.request(method, path, json=body, headers=headers)
            assert_problem(response, (status, code))
            if status == 412:
                assert response.json()["current_etag"] == response.headers["etag"] == record["etag"]
    assert (await client.get(record["path"])).headers["etag"] == record["etag"]


async def test_keys(client: Client, record: dict[str, Any], history: History):
    reused = await client.create("Another", key=f"{history.prefix}kept")
    assert_problem(reused, (422, "idempotency_key_reused"))
    missing = await client.http.post(EXPERTS, json=expert("Keyless"))
    assert_problem(missing, (400, "idempotency_key_required"))
    for key in ("", "k" * 256):
        assert_problem(await client.http.post(EXPERTS, json=expert("Keyless"), headers={"Idempotency-Key": key}))


async def test_bad_tokens_are_401(client: Client, cluster: Cluster):
    token = cluster.tokens["secretariat"]
    head, body, signature = token.split(".")
    bad = {
        "a megabyte": "x" * _MIB,
        "60 KiB": "x" * 60_000,
        "three dots": "...",
        "cut": token[:-4],
        "another body": f"{head}.{body[:-2]}AA.{signature}",
        "no signature": f"{head}.{body}.",
        "not ASCII": "é" * 20,
    }
    for value in bad.values():
        for path in (EXPERTS, f"{EXPERTS}/EXP-000001/history"):
            response = await client.http.get(path, headers={"Authorization": f"Bearer {value}".encode("latin-1")})
            assert_problem(response, (400, "malformed_request") if len(value) >= _MIB else (401, "invalid_token"))
    async with client.anonymous() as nobody:
        assert_problem(await nobody.get(f"{EXPERTS}/EXP-000001/history"), (401, "unauthenticated"))
        assert_problem(await nobody.post(EXPERTS, json=expert("Nobody")), (401, "unauthenticated"))


async def test_no_generated_request_gets_anything_but_a_success_or_a_catalogued_problem(
    client: Client, cluster: Cluster, record: dict[str, Any], chance: random.Random
):
    body = expert("Fuzzed", keywords=["one"], biography={"en": "two"}, emails=[{"value": "a@example.org"}])
    requests = [_any_request(chance, body, record["path"]) for _ in range(400)]
    for start in range(0, len(requests), 8):
        part = requests[start : start + 8]
        responses = await asyncio.gather(*(_sent(client, request) for request in part))
        for request, response in zip(part, responses, strict=True):
            if response is None:
                continue
            assert response.status_code < 500, (request, response.text)
            if response.status_code >= 400 and request["method"] != "HEAD":
                assert_problem(response)


async def _sent(client: Client, request: dict[str, Any]) -> httpx.Response | None:
    """The response; None if the server closed the connection because a request is not HTTP."""
    try:
        return await client.http.request(**request)
    except client.broken:
        assert "\x7f" in request["headers"].values(), request
        return None


def _any_request(chance: random.Random, body: dict[str, Any], item: str) -> dict[str, Any]:
    path = chance.choice([EXPERTS, item, f"{item}/transitions", f"{item}/history", f"{item}/affiliations"])
    sent = json.dumps(_bent(chance, body)).encode()
    if chance.random() < 0.3:
        place = chance.randrange(len(sent))
        sent = sent[:place] + chance.randbytes(chance.randrange(4)) + sent[place + chance.randrange(3) :]
    return {
        "method": chance.choice(["POST", "PATCH", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]),
        "url": path + chance.choice(["", "", "?limit=2", "?%ff=%00", "?fields=id,%F0%9F%92%A9", "?sort=-", "?q=%25_"]),
        "content": sent,
        "headers": {
            "Content-Type": chance.choice(
                ["application/json"] * 5 + ["application/merge-patch+json", "text/json", "x"]
            ),
            "Idempotency-Key": f"fuzz-{chance.randrange(1000)}",
            "If-Match": chance.choice(['"1.00000000"', '"2"', "*", '""', '"99999999999999999999.0"', "\x7f"]),
            "Accept-Language": chance.choice(["fr", "zh-Hant, ar;q=0.5", "*;q=x", ""]),
            "X-Request-Id": chance.choice(["fuzz-request", "\x7f", "x" * 300]),
        },
    }


_ODD = [None, True, -1, 2**70, 1e308, "", "x" * 400, "\0", "\ud800", "\u202e", "'; DROP", [], {}, [[]], {"": 0}]


def _bent(chance: random.Random, value: Any) -> Any:
    """The value with one or more of its parts replaced, doubled or removed."""
    if chance.random() < 0.2:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        bent = {key: _bent(chance, part) for key, part in value.items() if chance.random() > 0.1}
        return bent | (
            {chance.choice(["id", "", "action", "x\0"]): chance.choice(_ODD)} if chance.random() < 0.2 else {}
        )
    if isinstance(value, list):
        return [_bent(chance, part) for part in value for _ in range(chance.randrange(1, 3))]
    return value


async def _count(cluster: Cluster) -> int:
    async with cluster.superuser() as connection:
        found: int = await connection.fetchval("SELECT count(*) FROM member_expert")
        return found
