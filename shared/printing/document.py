"""What a file is printed from."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

SHARED_LAYOUTS: Mapping[str, bytes] = {
    path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "layouts").glob("*.typ"))
}
"""What every layout may import."""
Standard: TypeAlias = Literal["a-3a", "ua-1"]
_JOINERS = "\n\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


class Unprintable(Exception):
    """The document cannot be printed. `reason` is a sentence for whoever asked for it."""

    reason = "A text has a character that is in none of the fonts."


class TooLarge(Unprintable):
    """The document needs more memory or time of a processor than one may have."""

    reason = "The document is too large to print."


@dataclass(frozen=True, slots=True)
class Document:
    """`layout` is the name of a file in the folder of layouts, `data` its data, `at` the instant that the file says it
    was made at, and `files` are further files of UTF-8 text that the layout reads by name. `standard` is the profile of
    the PDF: for archives, or for reading (PDF/UA)."""

    layout: str
    data: Mapping[str, Any]
    at: datetime
    files: Mapping[str, bytes] = field(default_factory=dict)
    standard: Standard = "a-3a"


def without_symbols(document: Document) -> Document:
    """The document without emoji and other symbols, which few fonts have."""
    return replace(document, data=_each_text(document.data, lambda one: unicodedata.category(one) != "So"))


def visible(value: Any) -> Any:
    """Data without the characters that show nothing: controls, private and unassigned ones, and marks such as those
    that reverse the direction of a text. Line breaks, and the joiners of Arabic and Indian scripts, stay."""
    return _each_text(value, lambda one: one in _JOINERS or unicodedata.category(one) not in _INVISIBLE)


def _each_text(value: Any, is_kept: Callable[[str], bool]) -> Any:
    """Data with those characters of its texts that are kept."""
    if isinstance(value, str):
        return "".join(filter(is_kept, value))
    if isinstance(value, Mapping):
        return {name: _each_text(part, is_kept) for name, part in value.items()}
    return [_each_text(part, is_kept) for part in value] if isinstance(value, list | tuple) else value
