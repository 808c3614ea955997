"""UUIDv7 (RFC 9562): ids that sort by their time of birth."""

import os
import time
from uuid import UUID, SafeUUID

_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1
_LENGTH = 10
_AHEAD = 256
_tails: list[int] = []
"""All of an id but its time, made many at once: to ask the system takes longer than all the rest. A forked process
asks anew."""
os.register_at_fork(after_in_child=_tails.clear)
_set_int, _set_is_safe = (vars(UUID)[name].__set__ for name in ("int", "is_safe"))


def uuid7s(count: int) -> list[UUID]:
    """So many new ids in ascending order."""
    return [_uuid(value) for value in sorted([_value() for _ in range(count)])]


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, then 74 random bits. Safe to call from any thread."""
    return _uuid(_value())


def _value() -> int:
    try:
        tail = _tails.pop()
    except IndexError:
        block = os.urandom(_LENGTH * (_AHEAD + 1))
        tail, *rest = (_tail(block[at : at + _LENGTH]) for at in range(0, len(block), _LENGTH))
        _tails.extend(rest)
    return (time.time_ns() // 1_000_000) << 80 | tail


def _tail(random: bytes) -> int:
    bits = int.from_bytes(random, "big")
    return _VERSION | (bits & _RANDOM_A) | _VARIANT | (bits & _RANDOM_B)


def _uuid(value: int) -> UUID:
    """The constructor without its questions, which take longer than all the rest."""
    made = object.__new__(UUID)
    _set_int(made, value)
    _set_is_safe(made, SafeUUID.unknown)
    return made
