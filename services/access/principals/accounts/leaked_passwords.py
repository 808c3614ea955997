"""A file of passwords that leaked elsewhere: the first eight bytes of the SHA-1 of each, sorted."""

import hashlib
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

from shared.kernel.errors import invalid_field

_SIZE = 8
_BUFFER = 1 << 20


class NotSorted(ValueError):
    """A line is no SHA-1, or stands before a smaller one. `number` counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} is not a SHA-1 in hexadecimal, in ascending order")
        self.number = number


class _Prefixes(Sequence[bytes]):
    """The prefixes in a file, which is mapped into memory and not read."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._content) // _SIZE

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self._content[place * _SIZE : (place + 1) * _SIZE]


def refuse_leaked(path: Path | None, password: str, pointer: str) -> None:
    """Raises Invalid `password_known` at the pointer for a password that the file holds."""
    if path is not None and is_leaked(path, password):
        detail = "This password is in a list of passwords that leaked elsewhere. Choose one that you use nowhere else."
        raise invalid_field(pointer, "password_known", detail)


def is_leaked(path: Path, password: str) -> bool:
    """Whether the file holds the password: some thirty reads of eight bytes. A file that is replaced is read after the
    next start."""
    prefixes = _opened(path)
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:_SIZE]
    place = bisect_left(prefixes, wanted)
    return place < len(prefixes) and prefixes[place] == wanted


@lru_cache(2)
def _opened(path: Path) -> _Prefixes:
    return _Prefixes(path)


def prepare(lines: Iterable[bytes], target: Path) -> int:
    """Writes the prefixes of a list, whose lines begin with a SHA-1 in hexadecimal, in ascending order, and returns how
    many. The target is whole or as it was before. Raises NotSorted."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    last, written = b"", 0
    try:
        with unfinished.open("wb", buffering=_BUFFER) as file:
            for number, line in enumerate(lines, 1):
                prefix = _prefix(line, number)
                if prefix < last:
                    raise NotSorted(number)
                if prefix != last:
                    file.write(prefix)
                    last, written = prefix, written + 1
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def _prefix(line: bytes, number: int) -> bytes:
    text = line.partition(b":")[0].strip()
    try:
        found = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        raise NotSorted(number) from None
    if len(found) != hashlib.sha1(usedforsecurity=False).digest_size:
        raise NotSorted(number)
    return found[:_SIZE]
