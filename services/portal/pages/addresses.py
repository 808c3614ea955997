"""The filters in the address of a page. One page has one address, so that it takes one place in a cache."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

_LONGEST = 200
"""Characters of a value; the API takes no longer ones."""


def filters_of(request: Request, names: Sequence[str]) -> tuple[dict[str, str], bool]:
    """The filters of these names that have a value, and whether the address is one that forms and links of pages
    write: with nothing else, each name once, in this order."""
    given = request.query_params
    asked = {name: given.get(name, "") for name in names if name in given}
    found = {name: value.strip()[:_LONGEST] for name, value in asked.items() if value.strip()}
    written = urlencode({name: found.get(name, "") for name in asked})
    return found, written == request.scope["query_string"].decode("latin-1")


def tail_of(path: str, query: dict[str, str]) -> str:
    """What follows the language in an address."""
    return f"{path}?{urlencode(query)}" if query else path


def moved(address: str) -> Response:
    """The response at an address that is not the one of its page."""
    return RedirectResponse(address, 301, {"Cache-Control": "public, max-age=60"})
