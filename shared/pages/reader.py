"""What the reader of a page prefers."""

from fastapi import Request

from shared.web.contract.catalogue import preferred_language


def wants_json(request: Request) -> bool:
    """Whether `Accept` names JSON and no page."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def language_of(request: Request) -> str:
    """The reader's language among those of the pages."""
    return preferred_language(request.headers.get("accept-language", ""))
