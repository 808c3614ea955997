"""The guides of `docs/`: a folder for each reader, with pages whose names are unique."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FOLDERS = ("tutorials", "secretariat", "countries", "centres", "public", "operators", "reference")
"""The folders whose pages are guides; those for developers of the system stay in its source."""
CONTENTS = "README.md"
SHELL = "shell.sh"
"""The functions that the commands of guides use."""
_TITLE = re.compile(r"^# (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: its name in the address, its folder, its title, and its Markdown text."""

    name: str
    folder: str
    title: str
    text: str


@cache
def guides() -> Mapping[str, Guide]:
    """All guides by name."""
    found = (
        _guide(folder, file.name.removesuffix(".md"), file.read_text(encoding="utf-8"))
        for folder in FOLDERS
        for file in files("docs").joinpath(folder).iterdir()
        if file.name.endswith(".md")
    )
    return MappingProxyType({guide.name: guide for guide in found})


@cache
def contents() -> Guide:
    """The page that says who begins where."""
    return _guide("", "", files("docs").joinpath(CONTENTS).read_text(encoding="utf-8"))


def shell() -> bytes:
    """The functions that the commands of guides use, as a script."""
    return files("docs").joinpath(SHELL).read_bytes()


def _guide(folder: str, name: str, text: str) -> Guide:
    title = _TITLE.search(text)
    return Guide(name, folder, title[1].strip() if title else name, text)
