"""Files by the digest of their content: written whole and synced before anything refers to them."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: SHA-256 of its bytes in hex, and how many they are."""

    digest: str
    size: int


class FileStore:
    """A folder of files named by their content. The same content is stored once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, digest: str) -> Path:
        """Where the file of this digest is, if it is."""
        return self._root / digest[:2] / digest

    async def put(self, source: BinaryIO) -> StoredFile:
        """Copies what is left of the source into the store."""
        return await asyncio.to_thread(self.write, lambda target: _copy(source, target))

    def write(self, fill: Callable[[BinaryIO], None]) -> StoredFile:
        """Stores what `fill` writes; nothing where it raises. Blocks."""
        self._root.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._root, prefix=".new-")
        try:
            with os.fdopen(number, "w+b") as target:
                fill(target)
                target.flush()
                os.fsync(number)
                size = target.tell()
                target.seek(0)
                digest = hashlib.file_digest(target, "sha256").hexdigest()
            place = self.path(digest)
            place.parent.mkdir(exist_ok=True)
            Path(name).replace(place)
            _sync(place.parent)
            _sync(self._root)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return StoredFile(digest, size)

    def remove(self, digest: str) -> None:
        """Forgets a file and what was made of it. One that is not there is no error."""
        path = self.path(digest)
        for one in (path, *path.parent.glob(f"{digest}.*")):
            one.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(_BLOCK):
        target.write(block)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
