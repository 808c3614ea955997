"""Promise 31: everything in a request is bounded, and ten times too much costs no lasting memory."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.clients import EXPERTS, Client, expert
from tests.faults.cluster import Cluster
from tests.faults.problems import assert_problem

_MIB = 1 << 20
_BODY, _LEVELS, _PAGE, _UPLOAD = _MIB, 32, 200, 256 * _MIB
_GROWTH = 64 * _MIB


@pytest.fixture
async def client(cluster: Cluster) -> AsyncIterator[Client]:
    client = cluster.client("second", timeout=60)
    yield client
    await client.close()


def _resident(pid: int) -> int:
    """Bytes of memory that the process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no such process")


def _nested(levels: int) -> bytes:
    return b'{"biography":' + b'{"en":' * levels + b'"x"' + b"}" * (levels + 1)


def _many(count: int) -> list[bytes]:
    """Bodies with longer lists and texts than valid ones, within the bytes of a body."""
    names = [{"family": f"N{n}"} for n in range(count)]
    wide = ({"names": names}, {"keywords": ["k"] * count}, {"fields": ["f"] * count}, {"languages": ["en"] * count})
    deep = ({"biography": {"en": "x" * 200_000}}, {"keywords": ["x" * 2_000]}, {"names": [{"family": "x" * 5_000}]})
    return [json.dumps({**expert("Bound"), **more}).encode() for more in (*wide, *deep)]


async def _posted(client: Client, body: bytes) -> Any:
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    return await client.http.post(EXPERTS, content=body, headers=headers)


async def test_ten_times_the_bounds_is_refused_and_leaves_no_memory_behind(client: Client, cluster: Cluster):
    await _round(client)
    before = _resident(cluster.second.pid)
    for _ in range(5):
        await _round(client)
    assert _resident(cluster.second.pid) - before < _GROWTH
    assert (await client.get(EXPERTS, limit=_PAGE)).status_code == 200


async def _round(client: Client) -> None:
    assert_problem(await client.get(EXPERTS, limit=_PAGE * 10), (400, "invalid_parameter"))
    assert_problem(await client.get(f"{EXPERTS}/{'x' * 40_000}"), (404, "not_found"))
    for name in ("q", "cursor", "fields", "country"):
        assert (await client.get(EXPERTS, **{name: "x," * 15_000})).status_code < 500
    for body in (b" " * (_BODY * 10), _nested(_LEVELS * 10), *_many(5_000)):
        try:
            response = await _posted(client, body)
        except client.broken:
            continue
        assert 400 <= response.status_code < 500, (response.status_code, body[:80])
        assert_problem(response)


@pytest.mark.long("sends 2.5 GB")
async def test_an_upload_of_ten_times_the_bound_is_refused_and_kept_nowhere(client: Client, cluster: Cluster):
    before = _resident(cluster.second.pid)
    boundary = "bound"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="resource"\r\n\r\nexperts\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    ).encode()
    sent = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal sent
        yield head
        while sent < _UPLOAD * 10:
            sent += _MIB
            yield b"x" * (_MIB - 1) + b"\n"

    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": uuid4().hex}
    try:
        response = await client.http.post("/membership/v1/imports", content=parts(), headers=headers)
        assert_problem(response, (413, "too_large"))
    except client.broken:
        pass
    assert _resident(cluster.second.pid) - before < _GROWTH
    assert not [
        path for path in (cluster.root / "files").rglob("*") if path.is_file() and path.stat().st_size > _UPLOAD
    ]


def _bomb() -> bytes:
    """A workbook of some kilobytes that unfolds to a gigabyte."""
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            member.write(sheet)
            for _ in range(1024):
                member.write(b" " * _MIB)
    return file.getvalue()


@pytest.mark.long("reads a workbook that unfolds to a gigabyte")
async def test_a_bomb_ends_as_a_failed_job_and_its_worker_stays_small(client: Client, cluster: Cluster):
    worker = cluster.worker("importer", "deploy.cli", "worker", "membership")
    await worker.start()
    try:
        files = {"file": ("bomb.xlsx", _bomb())}
        response = await client.http.post(
            "/membership/v1/imports",
            files=files,
            data={"resource": "experts"},
            headers={"Idempotency-Key": uuid4().hex},
        )
        if response.status_code != 202:
            assert_problem(response)
            return
        most = 0
        while (job := (await client.get(response.headers["location"])).json())["status"] in ("queued", "running"):
            most = max(most, _resident(worker.pid))
        assert job["status"] == "failed", job
        assert most < 512 * _MIB
    finally:
        cluster.discard(worker)
