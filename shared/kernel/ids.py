"""UUIDv7 (RFC 9562): ids that sort by creation time."""

import os
import time

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
    """The bytes of a new id: 48 bits of Unix milliseconds, then 74 random bits. Thread-safe."""
    random = random_bytes()
    time_ms = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    version, access_kind = random[0] & 0x0F | 0x70, random[2] & 0x3F | 0x80
    return b"%b%c%c%c%b" % (time_ms, version, random[1], access_kind, random[3:10])
