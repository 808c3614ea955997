"""Python's passes over what is alive, in search of what refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (1_000_000, 20, 20)
_USUAL = gc.get_threshold()
_under_way: list[None] = []


@contextmanager
def few_collections() -> Iterator[None]:
    """For work that keeps hundreds of thousands of things alive of which none is garbage: the passes over them would
    take a fifth of its time. They are as usual again once the last such work of the event loop has ended."""
    _under_way.append(None)
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        _under_way.pop()
        if not _under_way:
            gc.set_threshold(*_USUAL)
