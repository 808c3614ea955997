"""The files of pages, each at an address with its digest, so that browsers keep it for a year.

`/assets/{digest}/{name}` is served by the portal, to the pages of all services.
"""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

_SHARED = "shared.pages"
_MEDIA = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_STYLE = ("style.css", "charts.css")
_NAMED = re.compile(r'url\("([a-z0-9-]+\.woff2)"\)')
_SAFE = re.compile(r"[a-z0-9][a-z0-9-]*\.(?:css|js|svg|woff2)")
_DIGITS = 16


class Asset(NamedTuple):
    """A file of the pages, its media type and the beginning of its digest."""

    content: bytes
    media_type: str
    digest: str


@cache
def asset(name: str, package: str = _SHARED) -> Asset:
    """A file of a package of pages, else one that all have in common. Raises KeyError for an unknown name.

    `style.css` has the style of charts, and names its fonts by their addresses.
    """
    if not _SAFE.fullmatch(name):
        raise KeyError(name)
    content = _content(name, package)
    return Asset(content, _MEDIA[name.rpartition(".")[2]], sha256(content).hexdigest()[:_DIGITS])


def address_of(name: str, package: str = _SHARED) -> str:
    """Where browsers read a file. Raises KeyError for an unknown name."""
    return f"/assets/{asset(name, package).digest}/{name}"


def _content(name: str, package: str) -> bytes:
    if name == _STYLE[0]:
        text = "".join(_read(part, _SHARED).decode() for part in _STYLE)
        return _NAMED.sub(lambda found: f'url("{address_of(found[1])}")', text).encode()
    try:
        return _read(name, package)
    except FileNotFoundError:
        if package == _SHARED:
            raise KeyError(name) from None
        return _content(name, _SHARED)


def _read(name: str, package: str) -> bytes:
    folder = "static/fonts" if name.endswith(".woff2") else "static"
    return files(package).joinpath(folder, name).read_bytes()
