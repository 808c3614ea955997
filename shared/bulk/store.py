"""Files by the digest of their content, written completely and synced before anything references them."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shared.storage.disk import sync

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
    """A folder of files named by their digest. The same content is stored once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, digest: str) -> Path:
        """The path of the file with this digest, if it exists."""
        return self._root / digest[:2] / digest

    async def put(self, source: BinaryIO) -> StoredFile:
        """Copies the rest of the source into the store."""
        return await asyncio.to_thread(self.write, lambda target: _copy(source, target))

    def write(self, fill: Callable[[BinaryIO], None]) -> StoredFile:
        """Stores what `fill` writes; nothing if it raises. Blocks."""
        received = self._receive(fill)
        try:
            self.move_in(received)
        except BaseException:
            self.discard(received)
            raise
        return received.content

    async def receive(self, source: BinaryIO) -> ReceivedFile:
        """Copies the rest of the source next to the stored files, to be stored or discarded later."""
        return await asyncio.to_thread(self._receive, lambda target: _copy(source, target))

    def move_in(self, received: ReceivedFile) -> None:
        """Stores a received file and the files derived from it. Blocks."""
        place = self.path(received.content.digest)
        place.parent.mkdir(exist_ok=True)
        for made in self._root.glob(f"{received.path.name}.*"):
            made.replace(place.with_name(place.name + made.name.removeprefix(received.path.name)))
        received.path.replace(place)
        sync(place.parent)
        sync(self._root)

    def discard(self, received: ReceivedFile) -> None:
        """Deletes a received file and the files derived from it. Leaves stored files alone. Blocks."""
        for one in (received.path, *self._root.glob(f"{received.path.name}.*")):
            one.unlink(missing_ok=True)

    def _receive(self, fill: Callable[[BinaryIO], None]) -> ReceivedFile:
        self._root.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._root, prefix=_NEW)
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

    def digests_before(self, time: float) -> list[str]:
        """Digests of the files last stored before this time, in seconds since 1970. Blocks."""
        return sorted({path.name.partition(".")[0] for path in self._root.glob("??/*") if path.stat().st_mtime < time})

    def remove_before(self, digest: str, time: float) -> None:
        """Deletes a file unless it was stored again since this time. Blocks."""
        path = self.path(digest)
        if not path.exists() or path.stat().st_mtime < time:
            self.remove(digest)

    def discard_before(self, time: float) -> None:
        """Deletes files received before this time that were neither stored nor discarded. Blocks."""
        for path in self._root.glob(f"{_NEW}*"):
            if path.stat().st_mtime < time:
                path.unlink(missing_ok=True)

    def remove(self, digest: str) -> None:
        """Deletes a file and the files derived from it. A missing file is not an error."""
        path = self.path(digest)
        for one in (path, *path.parent.glob(f"{digest}.*")):
            one.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(_BLOCK):
        target.write(block)
