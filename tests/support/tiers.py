"""Values of parameters for the tests that `make test` leaves to `make test-long`."""

from typing import Any

import pytest


def long(why: str, *values: Any) -> list[Any]:
    """The values, each with the mark `long` and why it is. A tuple has a value for each of several parameters."""
    given = (value if isinstance(value, tuple) else (value,) for value in values)
    return [pytest.param(*each, marks=pytest.mark.long(why)) for each in given]
