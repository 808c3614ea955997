"""Limits how often Python's garbage collector scans live objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_SERVING = (20_000, 20, 20)
_BULK = (1_000_000, 20, 20)
_requested = [gc.get_threshold()]
"""The highest hold: the usual ones, those of a started process, and those of each bulk operation under way."""


@cache
def freeze_started() -> None:
    """For a started process: excludes the present objects, which live as long as the process, from garbage collection,
    and collects less often. Further calls do nothing."""
    gc.collect()
    gc.freeze()
    _requested.append(_SERVING)
    _tune()


@contextmanager
def reduced_gc() -> Iterator[None]:
    """For work with hundreds of thousands of live objects and no garbage, whose scans would take a fifth of its time.
    The usual thresholds return when the last such work of the event loop has ended."""
    _requested.append(_BULK)
    _tune()
    try:
        yield
    finally:
        _requested.remove(_BULK)
        _tune()


def _tune() -> None:
    gc.set_threshold(*max(_requested))
