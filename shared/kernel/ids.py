"""UUIDv7 (RFC 9562): ids that sort by creation time."""

import os
import time
from uuid import UUID

_RANDOM = 16
_AHEAD = 256
_blocks: list[bytes] = []
"""Random bytes, requested from the system in blocks. A forked process discards them."""
os.register_at_fork(after_in_child=_blocks.clear)


def random_bytes() -> bytes:
    """Sixteen bytes from the system's source. Thread-safe."""
    try:
        return _blocks.pop()
    except IndexError:
        many = os.urandom(_RANDOM * (_AHEAD + 1))
        first, *rest = (many[at : at + _RANDOM] for at in range(0, len(many), _RANDOM))
        _blocks.extend(rest)
        return first


def uuid7_bytes() -> bytes:
    """The bytes of a new id: Unix milliseconds in 48 bits, their fraction in 12 bits (RFC 9562, 6.2, method 3), then 62
    random bits. Ids that a process makes one after the other sort in that order. Thread-safe."""
    random = random_bytes()
    time_ms, rest_ns = divmod(time.time_ns(), 1_000_000)
    start = time_ms << 16 | 0x7000 | rest_ns * 4096 // 1_000_000
    return b"%b%c%b" % (start.to_bytes(8, "big"), random[0] & 0x3F | 0x80, random[1:8])


def is_id(text: str) -> bool:
    """Whether a text is an id, as this system writes it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
