"""The archives of the clients, as they were packed when this installation was built or started."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_TYPES = {".whl": ("application/zip", "Python"), ".tgz": ("application/gzip", "TypeScript")}


@dataclass(frozen=True, slots=True)
class Archive:
    """A packed client: what it is of, and its bytes."""

    name: str
    language: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@cache
def archives() -> dict[str, Archive]:
    """All of them by name; none where they were not packed."""
    folder = files("services.portal.sdk").joinpath("files")
    if not folder.is_dir():
        return {}
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        ending = entry.name[-4:]
        if ending in _TYPES:
            media_type, language = _TYPES[ending]
            found[entry.name] = Archive(entry.name, language, media_type, entry.read_bytes())
    return found
