"""What a version may be, and where its links may lead. Plain Python."""

import ipaddress
from typing import TypedDict
from urllib.parse import urlsplit

MOST_BODY = 512_000
"""Bytes of a body of Markdown."""
MOST_FILE = 20 << 20
"""Bytes of a file."""
MOST_REFERENCES = 2_000
MOST_VERSIONS = 200
"""Most versions of a contribution."""
MARKDOWN, DOCX = "text/markdown", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SCHEMES = frozenset(("http", "https", "mailto", "doi"))
_INTERNAL = (".local", ".internal", ".localhost")


EVIDENCE = "evidence:"
"""What precedes the ref or id of a file of evidence in the address of an image."""


class Warned(TypedDict):
    """What was left out or leads nowhere, and in which block."""

    code: str
    block: int
    detail: str


class Block(TypedDict):
    """A block: comments name its number."""

    number: int
    kind: str
    text: str


class Unreadable(Exception):
    """The manuscript is not read. The sentence says where."""


class Placed(TypedDict):
    """An image, in which block, with its text for who cannot see it."""

    block: int
    name: str
    alternative: str


def is_safe(address: str) -> bool:
    """Whether a link leads to a place of the manuscript or to a public address."""
    if address.startswith("#"):
        return True
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme in ("mailto", "doi"):
        return True
    return parts.scheme in _SCHEMES and _is_public(host)


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host[-1].isdigit() and not host.endswith(_INTERNAL)
