"""What a zip archive would unpack to, by its directory alone."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

_SMALL = 1 << 20
"""Bytes of a part up to which its compression ratio does not matter."""
ArchiveFault: TypeAlias = Literal["no_archive", "parts", "unpacked", "ratio"]


@dataclass(frozen=True, slots=True)
class ArchiveBounds:
    """The most parts, bytes of all parts together, and times of its compressed size that a part of above 1 MiB has."""

    parts: int
    unpacked: int
    ratio: int


def archive_fault(file: Path | IO[bytes], bounds: ArchiveBounds) -> ArchiveFault | None:
    """The first bound that an archive exceeds, or that the file is none; None for one within the bounds."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return "no_archive"
    if len(parts) > bounds.parts:
        return "parts"
    if sum(part.file_size for part in parts) > bounds.unpacked:
        return "unpacked"
    large = (part for part in parts if part.file_size > _SMALL)
    return "ratio" if any(one.file_size > bounds.ratio * max(one.compress_size, 1) for one in large) else None
