"""Counts the repeats of a row's identity in a file, in 16 to 32 bytes for each row that the file may have."""

from array import array

from shared.bulk.layout import MOST_ROWS

_COUNT = (1 << MOST_ROWS.bit_length()) - 1
"""The bits of a slot that hold a count; the others hold the rest of a digest."""


class RepeatCounter:
    """Counts equal digests, which are 16 random-looking bytes, of at most so many rows. Two different digests collide
    once in ten million files, and then in every file with the same rows."""

    def __init__(self, most: int) -> None:
        self._slots = array("Q", (0,)) * (1 << (2 * min(most, MOST_ROWS)).bit_length())

    def number(self, digest: bytes) -> int:
        """The number of calls with this digest so far: 1 for the first."""
        slots = self._slots
        place = int.from_bytes(digest[8:], "big") % len(slots)
        recorded = int.from_bytes(digest[:8], "big") & ~_COUNT
        while (held := slots[place]) and held & ~_COUNT != recorded:
            place = (place + 1) % len(slots)
        slots[place] = slot = held + 1 if held else recorded + 1
        return slot & _COUNT
