"""UUIDv7 (RFC 9562): ids that sort by their time of birth."""

import os
import time
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, then 74 random bits."""
    bits = int.from_bytes(os.urandom(10), "big")
    value = (time.time_ns() // 1_000_000) << 80 | _VERSION | (bits & _RANDOM_A) | _VARIANT | (bits & _RANDOM_B)
    return UUID(int=value)
