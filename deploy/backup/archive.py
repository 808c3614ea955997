"""The file of a backup: a tar of compressed blocks, whose last member is the manifest.

A table or file is `tables/<name>/<number>.gz`, or `<digest>/<number>.gz` in `files`, `evidence` or `open_data`, in
blocks that fit in memory, so that a backup may be written to a pipe. The manifest comes last because it holds the
digests; without it a file is no backup.
"""

import asyncio
import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.backup.errors import BackupError

_MANIFEST = "manifest.json.gz"
_PIECE = 4 << 20
_LEVEL = 3
Part: TypeAlias = Literal["tables", "files", "evidence", "open_data"]


class Content(BaseModel):
    """The content of a table or file: bytes before compression, their SHA-256 in hex, the number of blocks."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str
    pieces: int


class Table(Content):
    """A table's rows as COPY writes them, in the order of its key. `partitions` are bounds by name."""

    columns: tuple[str, ...]
    rows: int
    partitions: dict[str, str] = {}


class Manifest(BaseModel):
    """The description of a backup. `missing` are files that the database names and the store does not have, or only
    damaged. `evidence` and `open_data` are None if the backup leaves them out."""

    model_config = ConfigDict(frozen=True)

    format: Literal["escm-backup-1"] = "escm-backup-1"
    release: str
    revision: str
    made_at: datetime
    tables: dict[str, Table]
    sequences: dict[str, int]
    files: dict[str, Content]
    evidence: dict[str, Content] | None = None
    open_data: dict[str, Content] | None = None
    missing: tuple[str, ...] = ()


class Stream:
    """Writes the bytes of one table or file in numbered blocks."""

    def __init__(self, add: Callable[[int, bytes], None]) -> None:
        self._add = add
        self._pending = bytearray()
        self._digest = hashlib.sha256()
        self._size = self._pieces = 0

    async def write(self, data: bytes) -> None:
        self._pending += data
        if len(self._pending) >= _PIECE:
            await asyncio.to_thread(self._flush)

    async def end(self) -> Content:
        """The description of the content, which is then complete in the archive."""
        if self._pending or not self._pieces:
            await asyncio.to_thread(self._flush)
        return Content(size=self._size, sha256=self._digest.hexdigest(), pieces=self._pieces)

    def _flush(self) -> None:
        block = bytes(self._pending)
        self._pending.clear()
        self._digest.update(block)
        self._add(self._pieces, block)
        self._size += len(block)
        self._pieces += 1


class Writer:
    """Writes a backup to a file or a pipe. It is valid only after `finish`."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def stream(self, kind: Part, name: str) -> Stream:
        """The stream for the content of a table or file. One at a time."""
        return Stream(
            lambda number, block: self._member(_piece(kind, name, number), gzip.compress(block, _LEVEL, mtime=0))
        )

    def finish(self, manifest: Manifest) -> None:
        self._member(_MANIFEST, gzip.compress(manifest.model_dump_json().encode(), mtime=0))
        self._target.write(bytes(2 * tarfile.BLOCKSIZE))

    def _member(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._target.write(member.tobuf(tarfile.USTAR_FORMAT))
        self._target.write(data + bytes(-len(data) % tarfile.BLOCKSIZE))


class Reader:
    """Reads a backup. Raises BackupError if it is not one, or is damaged."""

    def __init__(self, source: BinaryIO) -> None:
        try:
            self._tar = tarfile.open(fileobj=source, mode="r:")  # noqa: SIM115
            self._members = {member.name: member for member in self._tar.getmembers()}
            self.manifest = Manifest.model_validate_json(gzip.decompress(self._read(_MANIFEST)))
        except (tarfile.TarError, OSError, EOFError, zlib.error, ValidationError) as reason:
            raise BackupError("This is no whole backup: its manifest cannot be read.") from reason

    def verified(self) -> Iterator[int]:
        """Compares everything with the manifest; yields the size of each block. Raises BackupError on a difference."""
        for kind in get_args(Part):
            for name, content in self.contents(kind).items():
                digest = hashlib.sha256()
                for block in self.blocks(kind, name):
                    digest.update(block)
                    yield len(block)
                if digest.hexdigest() != content.sha256 or (kind != "tables" and content.sha256 != name):
                    raise BackupError(f"The backup is damaged: {kind}/{name} does not match its digest.")

    def blocks(self, kind: Part, name: str) -> Iterator[bytes]:
        """The content of a table or file, block by block."""
        for number in range(self.contents(kind)[name].pieces):
            try:
                yield gzip.decompress(self._read(_piece(kind, name, number)))
            except (OSError, EOFError, zlib.error) as reason:
                raise BackupError(f"The backup is damaged: {kind}/{name} cannot be read.") from reason

    @property
    def size(self) -> int:
        """Bytes of all content."""
        return sum(content.size for kind in get_args(Part) for content in self.contents(kind).values())

    def contents(self, kind: Part) -> Mapping[str, Content]:
        """The tables or files of the backup by name; none if it leaves them out."""
        found: Mapping[str, Content] | None = getattr(self.manifest, kind)
        return found or {}

    def close(self) -> None:
        self._tar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, name: str) -> bytes:
        member = self._members.get(name)
        file = self._tar.extractfile(member) if member else None
        if file is None:
            raise EOFError(name)
        return file.read()


def _piece(kind: str, name: str, number: int) -> str:
    return f"{kind}/{name}/{number:06}.gz"
