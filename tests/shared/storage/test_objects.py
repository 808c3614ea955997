"""Objects are complete files under their digest, read in ranges."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest

from shared.configuration.settings import Settings
from shared.kernel.clock import now
from shared.storage.objects import ObjectStore


def _content() -> bytes:
    """Ten MiB: several parts of a put, and several blocks. Made anew, so that no process of a run keeps them."""
    return bytes(range(256)) * (40 << 10)


_DIGEST = hashlib.sha256(_content()).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore((tmp_path / "of its own").as_uri())


async def _read(store: ObjectStore, part: range | None = None) -> bytes:
    return b"".join([block async for block in store.blocks(_DIGEST, part)])


async def test_an_object_is_read_as_it_was_put(store: ObjectStore, tmp_path: Path) -> None:
    assert not await store.has(_DIGEST)
    source = io.BytesIO(_content())
    source.seek(100)
    await store.put(_DIGEST, source)
    assert await store.has(_DIGEST)
    assert (tmp_path / "of its own" / _DIGEST[:2] / _DIGEST).stat().st_size == len(_content())
    size = len(_content())
    for start, end in ((0, size), (0, 1), (size - 1, size), (300_000, 6_000_000)):
        assert await _read(store, range(start, end)) == _content()[start:end]
    assert await _read(store) == _content()


async def test_a_repeated_put_repairs_an_object(store: ObjectStore, tmp_path: Path) -> None:
    await store.put(_DIGEST, io.BytesIO(_content()))
    (tmp_path / "of its own" / _DIGEST[:2] / _DIGEST).write_bytes(b"damaged")
    await store.put(_DIGEST, io.BytesIO(_content()))
    assert await _read(store) == _content()


async def test_a_removed_object_is_gone(store: ObjectStore) -> None:
    await store.put(_DIGEST, io.BytesIO(_content()))
    for _ in range(2):
        await store.remove(_DIGEST)
    assert not await store.has(_DIGEST)
    with pytest.raises(FileNotFoundError):
        await _read(store)


async def test_objects_are_listed_by_age(store: ObjectStore, tmp_path: Path) -> None:
    young = hashlib.sha256(b"young").hexdigest()
    await store.put(_DIGEST, io.BytesIO(_content()))
    await store.put(young, io.BytesIO(b"young"))
    folder = tmp_path / "of its own" / _DIGEST[:2]
    other, part = folder / "README", folder / f"{_DIGEST}#1"
    for path in (other, part):
        path.write_bytes(b"x")
    yesterday = now() - timedelta(days=1)
    for path in (folder / _DIGEST, other, part):
        os.utime(path, (0, (yesterday - timedelta(hours=1)).timestamp()))
    assert [digest async for page in store.digests_before(yesterday) for digest in page] == [_DIGEST]
    assert [digest async for page in store.digests_before(now() + timedelta(hours=1)) for digest in page] in (
        [_DIGEST, young], [young, _DIGEST],
    )  # fmt: skip
    store.discard_parts(yesterday)
    assert (part.exists(), other.exists()) == (False, True)


def test_the_address_is_in_the_folder_of_files_unless_it_is_set(tmp_path: Path) -> None:
    own = Settings(storage_path=tmp_path)
    assert (own.objects_url, own.shared_url("files")) == ((tmp_path / "evidence").as_uri(), "")
    shared = Settings(storage_path=tmp_path, storage_url="s3://bucket/escm/")
    assert (shared.objects_url, shared.shared_url("files")) == ("s3://bucket/escm/evidence", "s3://bucket/escm/files")
    for wrong in ("https://example.org/", "file:relative", "s3:// "):
        with pytest.raises(ValueError, match="storage_url"):
            Settings(storage_url=wrong)
