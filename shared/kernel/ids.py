"""UUIDv7 (RFC 9562): ids that sort by their time of birth."""

import os
import time
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1
_LENGTH = 10
_AHEAD = 256
_random: list[int] = []
"""Asked of the system many at a time: it takes longer than all the rest. A forked process asks anew."""
os.register_at_fork(after_in_child=_random.clear)


def uuid7s(count: int) -> list[UUID]:
    """So many new ids in ascending order."""
    return [UUID(int=value) for value in sorted([uuid7().int for _ in range(count)])]


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, then 74 random bits. Safe to call from any thread."""
    try:
        bits = _random.pop()
    except IndexError:
        block = os.urandom(_LENGTH * (_AHEAD + 1))
        bits, *rest = (int.from_bytes(block[at : at + _LENGTH], "big") for at in range(0, len(block), _LENGTH))
        _random.extend(rest)
    value = (time.time_ns() // 1_000_000) << 80 | _VERSION | (bits & _RANDOM_A) | _VARIANT | (bits & _RANDOM_B)
    return UUID(int=value)
