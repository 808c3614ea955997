"""How a long process uses its memory."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's mallopt(3)."""


def keep_one_heap() -> None:
    """Limits glibc to one heap. By default each thread has one, but Python's threads alternate, so that this only
    fragments free memory: with one heap, a worker that imports a million rows needs a quarter less. Other C libraries
    have no such setting."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


@contextmanager
def permanent() -> Iterator[None]:
    """Modules and objects that are loaded inside stay until the process ends. Garbage collections do not run
    meanwhile, nor search these objects later: an app starts a tenth earlier."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
