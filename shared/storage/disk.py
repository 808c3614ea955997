"""Writes that survive a loss of power."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Returns when a file, or the names in a folder, are on disk. Blocks."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
