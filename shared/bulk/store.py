"""Files by the digest of their content, written completely and synced before anything references them."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from shared.configuration.settings import Settings
from shared.storage.disk import sync
from shared.storage.objects import ObjectStore

_BLOCK = 1 << 20
_NEW = ".new-"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: the SHA-256 of its bytes in hex, and its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is not yet in the store: its path and its content's digest and size."""

    path: Path
    content: StoredFile


class FileStore:
    """Files named by their digest, in a folder, or in the object store at `url`, which several hosts share. The same
    content is stored once.

    The folder also has the files that are being received, or read from the object store.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self._folder = folder
        self._is_shared = bool(url)
        self._objects = ObjectStore(url or folder.absolute().as_uri())

    @asynccontextmanager
    async def opened(self, digest: str) -> AsyncIterator[Path]:
        """The path of a stored file, which exists during the context. Raises FileNotFoundError."""
        if not self._is_shared:
            path = self._path(digest)
            if not await asyncio.to_thread(path.exists):
                raise FileNotFoundError(path)
            yield path
            return
        with self.scratch() as folder:
            path = folder / digest
            with await asyncio.to_thread(path.open, "wb") as target:
                async for block in self._objects.blocks(digest):
                    await asyncio.to_thread(target.write, block)
            yield path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder next to the stored files, which is deleted after the context."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_NEW, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def blocks(self, digest: str) -> AsyncIterator[bytes]:
        """The bytes of a stored file, in blocks. Raises FileNotFoundError."""
        return self._objects.blocks(digest)

    async def size(self, digest: str) -> int | None:
        """The size of a stored file in bytes; None if there is none."""
        return await self._objects.size(digest)

    async def put(self, source: BinaryIO) -> StoredFile:
        """Copies the rest of the source into the store."""
        return await self.write(lambda target: _copy(source, target))

    async def write(self, fill: Callable[[BinaryIO], None]) -> StoredFile:
        """Stores what `fill` writes in a thread; nothing if it raises."""
        received = await asyncio.to_thread(self._receive, fill)
        try:
            await self.share(received)
            await asyncio.to_thread(self.move_in, received)
        finally:
            await asyncio.to_thread(self.discard, received)
        return received.content

    async def receive(self, source: BinaryIO) -> ReceivedFile:
        """Copies the rest of the source next to the stored files, to be stored or discarded later."""
        return await asyncio.to_thread(self._receive, lambda target: _copy(source, target))

    async def share(self, received: ReceivedFile) -> None:
        """Puts a received file into the object store, if there is one. This takes longer than a transaction may wait:
        `move_in` completes the step in a transaction, and a file that is not moved in is removed a day later."""
        if self._is_shared:
            with received.path.open("rb") as source:
                await self._objects.put(received.content.digest, source)

    def move_in(self, received: ReceivedFile) -> None:
        """Stores a received file that was shared. Blocks."""
        if self._is_shared:
            return
        place = self._path(received.content.digest)
        place.parent.mkdir(exist_ok=True)
        received.path.replace(place)
        sync(place.parent)
        sync(self._folder)

    def discard(self, received: ReceivedFile) -> None:
        """Deletes a received file. Leaves stored files alone. Blocks."""
        received.path.unlink(missing_ok=True)

    def _receive(self, fill: Callable[[BinaryIO], None]) -> ReceivedFile:
        self._folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder, prefix=_NEW)
        try:
            with os.fdopen(number, "w+b") as target:
                fill(target)
                target.flush()
                os.fsync(number)
                size = target.tell()
                target.seek(0)
                digest = hashlib.file_digest(target, "sha256").hexdigest()
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return ReceivedFile(Path(name), StoredFile(digest, size))

    async def digests_before(self, instant: datetime) -> list[str]:
        """Digests of the files last stored before an instant."""
        if not self._is_shared:
            return await asyncio.to_thread(self._digests_before, instant.timestamp())
        return [digest async for page in self._objects.digests_before(instant) for digest in page]

    def _digests_before(self, time: float) -> list[str]:
        return sorted(
            {path.name.partition(".")[0] for path in self._folder.glob("??/*") if path.stat().st_mtime < time}
        )

    async def remove_before(self, digest: str, instant: datetime) -> None:
        """Deletes a file unless it was stored again since an instant."""
        if not await self._objects.is_put_since(digest, instant):
            await self.remove(digest)

    def discard_before(self, instant: datetime) -> None:
        """Deletes files that were received or read before an instant, by processes that died. Blocks."""
        for path in self._folder.glob(f"{_NEW}*"):
            if path.stat().st_mtime < instant.timestamp():
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    async def remove(self, digest: str) -> None:
        """Deletes a file, and what earlier releases derived from it. A missing file is not an error."""
        if self._is_shared:
            await self._objects.remove(digest)
        else:
            await asyncio.to_thread(self._remove, self._path(digest))

    def _remove(self, path: Path) -> None:
        for one in (path, *path.parent.glob(f"{path.name}.*")):
            one.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def files_in(settings: Settings, part: str) -> FileStore:
    """The files of one kind: a folder of its own, or a part of the store of all hosts."""
    return FileStore(settings.storage_path / part, settings.shared_url(part))


def files_of(settings: Settings) -> FileStore:
    """The files of imports and exports."""
    return FileStore(settings.storage_path, settings.shared_url("files"))


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(_BLOCK):
        target.write(block)
