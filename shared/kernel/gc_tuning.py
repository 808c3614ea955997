"""How often Python's collector passes over what is alive, in search of what refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_SERVING = (20_000, 20, 20)
_BULK = (1_000_000, 20, 20)
_under_way: list[None] = []
_frozen: list[None] = []


def freeze_started() -> None:
    """For a process that is up: what its start made lives as long as the process, so that no pass looks at it again,
    and requests that leave little behind cause fewer passes. Further calls do nothing."""
    if not _frozen:
        _frozen.append(None)
        gc.collect()
        gc.freeze()
        _tune()


@contextmanager
def reduced_gc() -> Iterator[None]:
    """For work that keeps hundreds of thousands of things alive of which none is garbage: the passes over them would
    take a fifth of its time. They are as usual again once the last such work of the event loop has ended."""
    _under_way.append(None)
    _tune()
    try:
        yield
    finally:
        _under_way.pop()
        _tune()


def _tune() -> None:
    gc.set_threshold(*(_BULK if _under_way else _SERVING if _frozen else _USUAL))
