"""Python's passes over what is alive, in search of what refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (1_000_000, 20, 20)
_USUAL = gc.get_threshold()


@contextmanager
def few_collections() -> Iterator[None]:
    """For work that keeps hundreds of thousands of things alive of which none is garbage: the passes over them would
    take a fifth of its time."""
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
