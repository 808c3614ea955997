"""A limit on the memory that many requests or connections of one process use together."""

from typing import Protocol


class Holder(Protocol):
    """A holder of memory that can release it."""

    def give_way(self) -> bool:
        """Releases its memory as soon as possible; False if that is not possible now."""
        ...


class MemoryBudget:
    """At most `limit` bytes. When they are used up, the oldest holder that can release its bytes does so.

    Thus a slow sender yields to a quick one, and slow senders cannot fill the memory.
    """

    __slots__ = ("_limit", "_sizes", "total")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._sizes: dict[Holder, int] = {}
        self.total = 0

    def reserve(self, holder: Holder, size: int) -> bool:
        """Sets how many bytes the holder has. False if the limit is reached and no other holder can release bytes.

        In that case too the holder keeps its bytes until it releases them.
        """
        self.total += size - self._sizes.get(holder, 0)
        self._sizes[holder] = size
        if self.total > self._limit:
            for other in [other for other in self._sizes if other is not holder]:
                if other.give_way():
                    self.release(other)
                    if self.total <= self._limit:
                        break
        return self.total <= self._limit

    def release(self, holder: Holder) -> None:
        """Releases the holder's bytes."""
        self.total -= self._sizes.pop(holder, 0)
