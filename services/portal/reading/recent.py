"""What was used last, within a number of bytes and of entries."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by key. Those that were not used for the longest time leave, so that all together have at most so many
    bytes, and there are at most so many of them."""

    def __init__(self, most_bytes: int, most: int) -> None:
        self._most_bytes, self._most = most_bytes, most
        self._bytes = 0
        self._values: OrderedDict[str, tuple[Value, int]] = OrderedDict()

    def get(self, key: str) -> Value | None:
        """The value of a key, which is used now, if it is there."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def put(self, key: str, value: Value, size: int) -> None:
        """Stores a value of so many bytes."""
        self.drop(key)
        self._values[key] = value, size
        self._bytes += size
        while self._bytes > self._most_bytes or len(self._values) > self._most:
            self.drop(next(iter(self._values)))

    def drop(self, key: str) -> None:
        """Forgets the value of a key, if it is there."""
        if key in self._values:
            self._bytes -= self._values.pop(key)[1]
