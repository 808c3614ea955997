"""Promise 43: an upload that is killed leaves a record with its file, or nothing. Nothing unscanned passes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.processes import Process
from tests.support.clamd import clamd
from tests.support.waiting import eventually

EVIDENCE = "/actions/v1/evidence"
_SIZE = 8 << 20
_KILLED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
_FORM = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n%s\r\n'
    b'--x\r\nContent-Disposition: form-data; name="country"\r\n\r\nXA\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n%s\r\n--x--\r\n'
)


class Uploads:
    """An API of actions, which a test kills, and its client."""

    def __init__(self, api: Process, client: Client, folder: Path) -> None:
        self.api, self._client, self.folder = api, client, folder

    async def send(self, mark: str, at_half: Callable[[], None] = lambda: None) -> httpx.Response:
        """The response to a file whose title and key are the mark."""
        body = _FORM % (mark.encode(), mark.encode() * (_SIZE // len(mark)))

        async def parts() -> AsyncIterator[bytes]:
            yield body[: _SIZE // 2]
            at_half()
            yield body[_SIZE // 2 :]

        headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": mark}
        return await self._client.http.post(EVIDENCE, content=parts(), headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path)

    async def kill_with_a_file(self) -> None:
        """Kills the API as soon as another file, or a part of one, is in the store."""
        before = set(self.folder.rglob("*"))
        while not any(path.is_file() for path in set(self.folder.rglob("*")) - before):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        self.api.kill()


@asynccontextmanager
async def uploads(cluster: Cluster, **settings: str) -> AsyncIterator[Uploads]:
    """They reach Postgres through the proxy."""
    address = cluster.environment(cluster.proxy.port)["DATABASE_URL"]
    api, url = cluster.api("actions", "evidence", DATABASE_URL=address, **settings)
    await api.start()
    client = Client(url, cluster.tokens["secretariat"])
    try:
        yield Uploads(api, client, cluster.root / "files" / "evidence")
    finally:
        await client.close()
        cluster.discard(api)


async def _records(cluster: Cluster, mark: str) -> list[Any]:
    async with cluster.superuser() as connection:
        rows: list[Any] = await connection.fetch("SELECT id, status FROM action_evidence WHERE title = $1", mark)
    return rows


@pytest.mark.parametrize("point", ["spool", "put", "before", "after"])
async def test_a_killed_upload_leaves_a_record_with_its_file_or_nothing(
    cluster: Cluster, history: History, point: str
) -> None:
    mark = f"{history.prefix}{point}"
    async with uploads(cluster) as sender:
        killer: asyncio.Task[None] | None = None
        if point in ("before", "after"):
            when: Literal["before", "after"] = "before" if point == "before" else "after"
            cluster.proxy.cut_commit(when, sender.api.kill, of=b"INSERT INTO escm.action_evidence")
        elif point == "put":
            killer = asyncio.create_task(sender.kill_with_a_file())
        with suppress(*_KILLED):
            response = await sender.send(mark, sender.api.kill if point == "spool" else lambda: None)
            assert (response.status_code, point) == (201, "put"), "only a late kill lets the upload end"
        if killer is not None:
            await killer
        found = await _records(cluster, mark)
        assert point == "put" or len(found) == (point == "after")
        assert "0 damaged or lost" in await cluster.command("evidence", "fsck")
        await sender.api.start()
        response = await sender.send(mark)
        assert response.status_code == 201, response.text
        assert [row["id"] for row in await _records(cluster, mark)] == [row["id"] for row in found] or not found
        content = await sender.get(f"{response.json()['links']['self']}/content")
        assert content.content == mark.encode() * (_SIZE // len(mark))
    assert "0 damaged or lost" in await cluster.command("evidence", "fsck")


async def test_nothing_unscanned_passes_if_the_worker_is_killed(
    cluster: Cluster, history: History, tmp_path: Path
) -> None:
    mark = f"{history.prefix}scan"
    async with clamd(str(tmp_path / "clamd.sock")) as scanner:
        scanner.goes_on.clear()
        given = {"ESCM_ACTIONS_SCANNER": scanner.address}
        worker = cluster.worker("scanning", "deploy.cli", "worker", "actions", **given)
        async with uploads(cluster, **given) as sender:
            await worker.start()
            path = (await sender.send(mark)).json()["links"]["self"]
            while not scanner.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            worker.kill()
            assert (await sender.get(path)).json()["status"] == "scanning"
            assert (await sender.get(f"{path}/content")).status_code == 409
            scanner.goes_on.set()
            await worker.start()

            async def is_available() -> bool:
                return bool((await sender.get(path)).json()["status"] == "available")

            await eventually(is_available, 180)
            assert (await sender.get(path)).json()["scan"]["state"] == "clean"
            assert len(mark) * (_SIZE // len(mark)) in scanner.sizes, "an attempt may be repeated, whole or in part"
        cluster.discard(worker)
