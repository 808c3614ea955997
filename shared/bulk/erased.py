"""The list of erased experts, by ids only. It is kept in the folder of the stored files and in that of each backup, so
that a restore of an older backup erases them again."""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

NAME = "erased.ids"


class ErasedIds:
    """A file in a folder, with one id a line. Lines are only added."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> set[UUID]:
        """The ids; none if there is no file. A line that was cut off is not an id. Blocks."""
        if not self._path.exists():
            return set()
        return {UUID(line) for line in self._path.read_text().split() if len(line) == 36}

    def add(self, ids: Iterable[UUID]) -> None:
        """Adds the missing ids, and returns when they are on disk. Blocks."""
        missing = sorted(set(ids) - self.read())
        if not missing:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as target:
            target.write("".join(f"\n{one}" for one in missing) + "\n")
            target.flush()
            os.fsync(descriptor)
