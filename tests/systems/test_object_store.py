"""Files of evidence, imports and exports in an object store that speaks the protocol of S3."""

import base64
import hashlib
import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.bulk.store import FileStore
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.storage.objects import ObjectStore
from tests.support.running import Client, system
from tests.support.waiting import PATIENCE
from tests.systems.object_server import ObjectServer

_URL = "s3://escm/store"
_CONTENT = os.urandom(11 << 20)
"""Three parts of a put."""
_DIGEST = hashlib.sha256(_CONTENT).hexdigest()
_NAMES = "given_names,family_name,country"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    server = ObjectServer(tmp_path_factory.mktemp("objects") / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def store(server: ObjectServer, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ObjectStore:
    """An empty place on the server."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStore(f"{_URL}/{request.node.name}")


class _Cut(io.BytesIO):
    """A file whose reading fails, or does something, after its first part."""

    def __init__(self, content: bytes, then: Any) -> None:
        super().__init__(content)
        self._then = then

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > len(_CONTENT) // 2 and self._then:
            then, self._then = self._then, None
            then()
        return super().read(size)


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _read(store: ObjectStore, part: range | None = None) -> bytes:
    return b"".join([block async for block in store.blocks(_DIGEST, part)])


async def test_an_object_of_a_bucket_is_what_one_of_a_folder_is(store: ObjectStore) -> None:
    assert not await store.has(_DIGEST)
    before = now() - timedelta(seconds=2)
    for _ in range(2):
        await store.put(_DIGEST, io.BytesIO(_CONTENT))
    assert await store.size(_DIGEST) == len(_CONTENT)
    assert await _read(store) == _CONTENT
    for start, end in ((0, 1), (len(_CONTENT) - 1, len(_CONTENT)), (300_000, 6_000_000)):
        assert await _read(store, range(start, end)) == _CONTENT[start:end]
    later = now() + timedelta(hours=1)
    assert [digest async for page in store.digests_before(later) for digest in page] == [_DIGEST]
    assert [page async for page in store.digests_before(before) if page] == []
    assert (await store.is_put_since(_DIGEST, before), await store.is_put_since(_DIGEST, later)) == (True, False)
    for _ in range(2):
        await store.remove(_DIGEST)
    with pytest.raises(FileNotFoundError):
        await _read(store)


async def test_a_put_that_is_cut_leaves_no_object(store: ObjectStore, server: ObjectServer) -> None:
    with pytest.raises(Unavailable):
        await store.put(_DIGEST, _Cut(_CONTENT, server.kill))
    with pytest.raises(Unavailable):
        await store.has(_DIGEST)
    server.start()
    assert not await store.has(_DIGEST)
    await store.put(_DIGEST, io.BytesIO(_CONTENT))
    assert await _read(store) == _CONTENT


async def test_a_host_keeps_no_copy_of_a_shared_file(store: ObjectStore, tmp_path: Path) -> None:
    files = [FileStore(tmp_path / host, f"{_URL}/shared") for host in ("one", "other")]
    stored = await files[0].put(io.BytesIO(_CONTENT))
    async with files[1].opened(stored.digest) as path:
        assert path.read_bytes() == _CONTENT
    assert _files_in(tmp_path) == []
    soon = now() + timedelta(hours=1)
    assert await files[1].digests_before(soon) == [stored.digest]
    await files[1].remove_before(stored.digest, now() - timedelta(hours=1))
    assert await files[0].size(stored.digest) == len(_CONTENT)
    await files[1].remove_before(stored.digest, soon)
    with pytest.raises(FileNotFoundError):
        async with files[0].opened(stored.digest):
            pass


def _copy_of_a_day(by: Client) -> httpx.Response:
    """A file of the first dated copies of open data, which the worker of a new system makes at once."""
    until = time.monotonic() + PATIENCE
    while not (dates := by.get("/actions/v1/open_data")["items"][0]["dates"]):
        assert time.monotonic() < until
        time.sleep(0.1)
    return by.send("GET", f"/actions/v1/open_data/codes.csv?date={dates[0]}")


def test_a_system_keeps_its_files_in_a_bucket(server: ObjectServer, tmp_path: Path) -> None:
    with system(ESCM_STORAGE_URL=f"{_URL}/system", **server.environment) as (stack, folder):
        by = Client(stack["base_url"], stack["demo"]["clients"]["secretariat"])
        file = tmp_path / "people.csv"
        file.write_text("\n".join([_NAMES, *(f"Ana{n},Bucket,XA" for n in range(300)), "Eve,Bucket,XQ"]) + "\n")
        result = by.upload("/membership/v1/imports", file, resource="experts")["result"]
        assert result["counts"] == {"created": 300, "updated": 0, "unchanged": 0, "failed": 1}
        assert "Eve" in by.text(f"/membership/v1/imports/{result['import_id']}/failures")
        job = by.finished(by.start("/membership/v1/exports", {"resource": "experts", "format": "csv"}))
        assert by.text(job["result_url"]).count("Bucket") == 300
        evidence = by.send_evidence(_CONTENT[:100_000].hex().encode(), country="XA")
        address = evidence["links"]["self"]
        assert hashlib.sha256(by.text(f"{address}/content").encode()).hexdigest() == evidence["sha256"]
        copy = _copy_of_a_day(by)
        digest = base64.b64encode(hashlib.sha256(copy.content).digest()).decode()
        assert (copy.status_code, copy.headers["repr-digest"]) == (200, f"sha-256=:{digest}:")
        assert _files_in(folder / "files") == []
        signed = by.get(f"{address}/download_url")
        server.kill()
        refused = httpx.get(stack["base_url"] + signed["url"], timeout=60)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable"), refused.text
        server.start()
        assert by.send_evidence(b"Agreed.", country="XA")["status"] == "available"
        by.close()
