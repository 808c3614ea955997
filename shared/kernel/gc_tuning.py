"""How often Python's collector passes over what is alive, in search of what refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_SERVING = (20_000, 20, 20)
_BULK = (1_000_000, 20, 20)
_bulk_work: list[None] = []
"""One entry for each that is under way."""


def freeze_started() -> None:
    """For a started process: the objects that exist live as long as the process, so garbage collection skips them, and
    it runs less often. Further calls do nothing."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
        _tune()


@contextmanager
def reduced_gc() -> Iterator[None]:
    """For work that keeps hundreds of thousands of things alive of which none is garbage: the passes over them would
    take a fifth of its time. They are as usual again once the last such work of the event loop has ended."""
    _bulk_work.append(None)
    _tune()
    try:
        yield
    finally:
        _bulk_work.pop()
        _tune()


def _tune() -> None:
    gc.set_threshold(*(_BULK if _bulk_work else _SERVING if gc.get_freeze_count() else _USUAL))
