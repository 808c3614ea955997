"""Removes the results of running and testing in this clone: `.local/`, the data folder that it names, caches.

    python3 deploy/local/clean.py

Refuses while a stack runs, since its data is in use.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.local.errors import LocalStackError
from deploy.local.folder import DEFAULT, PROJECT, far_data

_CACHES = (
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "escm.egg-info",
    "build",
    "dist",
)


def main() -> None:
    try:
        _clean()
    except LocalStackError as wrong:
        sys.exit(str(wrong))
    except PermissionError as refused:
        sys.exit(f"{refused.filename} belongs to another user: clean as that user")


def _clean() -> None:
    far = far_data(DEFAULT)
    for data in (far, DEFAULT):
        if data is not None and data.is_dir():
            _refuse_in_use(data)
            _remove(data)
    for name in _CACHES:
        _remove(PROJECT / name)
    for folder in ("deploy", "migrations", "services", "shared", "tests"):
        for cache in list((PROJECT / folder).rglob("__pycache__")):
            _remove(cache)


def _refuse_in_use(data: Path) -> None:
    lock = data / "lock"
    if not lock.exists():
        return
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode()
        sys.exit(f"a stack runs in {data} (process {holder}): stop it first with `kill {holder}`")
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
