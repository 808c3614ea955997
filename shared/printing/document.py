"""What a file is printed from."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_JOINERS = "\n\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


class Unprintable(Exception):
    """A text has a character that is in none of the fonts."""


@dataclass(frozen=True, slots=True)
class Document:
    """`layout` is the name of a file in the folder of layouts, `data` its data, `at` the instant that the file says it
    was made at, and `files` are further files of UTF-8 text that the layout reads by name."""

    layout: str
    data: Mapping[str, Any]
    at: datetime
    files: Mapping[str, bytes] = field(default_factory=dict)


def visible(value: Any) -> Any:
    """Data without the characters that show nothing: controls, private and unassigned ones, and marks such as those
    that reverse the direction of a text. Line breaks, and the joiners of Arabic and Indian scripts, stay."""
    if isinstance(value, str):
        return "".join(one for one in value if one in _JOINERS or unicodedata.category(one) not in _INVISIBLE)
    if isinstance(value, Mapping):
        return {name: visible(part) for name, part in value.items()}
    return [visible(part) for part in value] if isinstance(value, list | tuple) else value
