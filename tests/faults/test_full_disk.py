"""A process on a full disk returns problems, serves what needs no file, and recovers when there is room."""

import resource
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.problems import assert_problem

_IMPORTS = "/membership/v1/imports"


@pytest.fixture
async def full(cluster: Cluster) -> AsyncIterator[tuple[Client, int]]:
    """A client of an API process that logs each request, and the process's id."""
    process, url = cluster.api("membership", "full", ESCM_REQUEST_LOG="true")
    await process.start()
    client = Client(url, cluster.tokens["secretariat"], timeout=30)
    yield client, process.pid
    await client.close()
    cluster.discard(process)


async def _import(client: Client, size: int) -> int:
    content = b"full_name,country\n" + b"Amina Varga,XA\n" * (size // 15)
    files, form = {"file": ("list.csv", content, "text/csv")}, {"resource": "experts", "mode": "dry_run"}
    headers = {"Idempotency-Key": uuid4().hex}
    response = await client.http.post(_IMPORTS, files=files, data=form, headers=headers)
    if response.status_code != 202:
        assert_problem(response, (503, "unavailable"))
    return response.status_code


async def test_a_full_disk_is_503_where_a_file_is_needed_and_passes(cluster: Cluster, full: tuple[Client, int]):
    client, pid = full
    assert await _import(client, 1_000) == 202
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    for number in range(3):
        assert [await _import(client, size) for size in (1_000, 4 << 20)] == [503, 503]
        assert (await client.get(EXPERTS, limit=1)).status_code == 200
        assert (await client.create(f"Full-{number}")).status_code == 201
        assert_problem(await client.get(f"{EXPERTS}/nothing"), (404, "not_found"))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    assert [await _import(client, size) for size in (1_000, 4 << 20)] == [202, 202]
    assert not list((cluster.root / "files").glob(".new-*"))
