"""Counts the repeats of a row's identity in a file, in sixteen bytes for each row that a file may have."""

from array import array

from shared.bulk.layout import MOST_ROWS

_SLOTS = 1 << (2 * MOST_ROWS - 1).bit_length()
_COUNT = (1 << MOST_ROWS.bit_length()) - 1
"""The bits of a slot that hold a count; the others hold the rest of a digest."""


class RepeatCounter:
    """Counts equal digests, which are 16 random-looking bytes. Two different digests collide once in ten million files,
    and then in every file with the same rows."""

    def __init__(self) -> None:
        self._slots = array("Q", (0,)) * _SLOTS

    def number(self, digest: bytes) -> int:
        """The number of calls with this digest so far: 1 for the first."""
        slots = self._slots
        place = int.from_bytes(digest[8:], "big") % _SLOTS
        recorded = int.from_bytes(digest[:8], "big") & ~_COUNT
        while (held := slots[place]) and held & ~_COUNT != recorded:
            place = (place + 1) % _SLOTS
        slots[place] = slot = held + 1 if held else recorded + 1
        return slot & _COUNT
