"""The store of objects by digest."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import from_url

from shared.kernel.errors import Unavailable
from shared.storage.disk import sync

_BLOCK = 256 << 10
_PAGE = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PART_OF_BUCKET, _PART_OF_FOLDER = 5 << 20, 1 << 20
"""Bytes of a part of a put, which is in memory. S3 takes none that is smaller."""


class ObjectStore:
    """The objects below a `file:` or `s3:` address. Credentials and endpoint of S3 come from the environment (`AWS_*`).
    Methods raise Unavailable if the store does not respond, or has no room.

    An object appears when it is complete. In a folder its path is that of a `FileStore`: two digits, then the digest.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None

    @cached_property
    def _store(self) -> Any:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        return from_url(self._url)

    async def put(self, digest: str, source: BinaryIO) -> None:
        """Stores the whole source under its digest, on disk when this returns. The same content may be put again, which
        repairs a damaged object."""
        await asyncio.to_thread(self._put, digest, source)

    def _put(self, digest: str, source: BinaryIO) -> None:
        source.seek(0)
        part = _PART_OF_FOLDER if self._folder else _PART_OF_BUCKET
        with _failures():
            self._store.put(_key(digest), source, chunk_size=part, max_concurrency=1)
        if self._folder is not None:
            place = self._folder / _key(digest)
            for path in (place, place.parent, self._folder):
                sync(path)

    async def has(self, digest: str) -> bool:
        """Whether the object exists."""
        return await self._about(digest) is not None

    async def size(self, digest: str) -> int | None:
        """The bytes of the object; None if there is none."""
        found = await self._about(digest)
        return int(found["size"]) if found else None

    async def is_put_since(self, digest: str, instant: datetime) -> bool:
        """Whether the object exists and was last put at an instant or later."""
        found = await self._about(digest)
        return bool(found and found["last_modified"] >= instant)

    async def _about(self, digest: str) -> Any:
        try:
            with _failures():
                return await self._store.head_async(_key(digest))
        except FileNotFoundError:
            return None

    async def blocks(self, digest: str, part: range | None = None) -> AsyncIterator[bytes]:
        """The bytes of an object, or a part of them, in blocks. Raises FileNotFoundError."""
        options = None if part is None else {"range": (part.start, part.stop)}
        with _failures():
            found = await self._store.get_async(_key(digest), options=options)
            async for block in found.stream(min_chunk_size=_BLOCK):
                yield bytes(block)

    async def digests_before(self, instant: datetime) -> AsyncIterator[list[str]]:
        """The digests of objects that were last put before an instant, at most 200 at a time."""
        with _failures():
            async for page in self._store.list(chunk_size=_PAGE):
                names = [each["path"].rpartition("/")[2] for each in page if each["last_modified"] < instant]
                yield [name for name in names if _DIGEST.fullmatch(name)]

    def discard_parts(self, instant: datetime) -> None:
        """Deletes what puts that began before an instant and never ended have left in a folder. A bucket does so by a
        rule of its own. Blocks."""
        for path in self._folder.glob("??/*#*") if self._folder else ():
            if path.stat().st_mtime < instant.timestamp():
                path.unlink(missing_ok=True)

    async def remove(self, digest: str) -> None:
        """Removes the object. A missing one is not an error."""
        with suppress(FileNotFoundError), _failures():
            await self._store.delete_async(_key(digest))


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as failure:
        raise Unavailable("The store of files does not respond.") from failure


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
