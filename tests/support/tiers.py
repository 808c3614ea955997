"""Values of parameters for the tests that `make test` leaves to `make test-long`."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def long(why: str, *values: Any) -> list[Any]:
    """The values, each with the mark `long` and why it is. A tuple has a value for each of several parameters."""
    given = (value if isinstance(value, tuple) else (value,) for value in values)
    return [pytest.param(*each, marks=pytest.mark.long(why)) for each in given]


def sampled(why: str, values: Iterable[T], one_in: int, name: Callable[[T], str]) -> list[Any]:
    """The values with their names as ids. About one in `one_in` is without the mark `long`. The hash of its own name
    decides, so that a new value leaves the others in their tier."""
    mark = pytest.mark.long(why)
    return [pytest.param(value, id=name(value), marks=mark if _place(name(value)) % one_in else ()) for value in values]


def _place(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest())
