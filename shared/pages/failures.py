"""Failures as pages for browsers; other clients get the problem document."""

import orjson
from starlette.responses import Response
from starlette.types import Scope

from shared.kernel.text import LANGUAGES
from shared.pages.policy import GUARD, HTML
from shared.pages.templates import Pages
from shared.web.contract.catalogue import PROBLEMS
from shared.web.edge.problems import MEDIA_TYPE, respond_to

_PAGES = Pages("shared.pages")
_COPIED = ("cache-control", "retry-after", "allow")


def readable(scope: Scope, failure: Exception) -> Response:
    """The response of `respond_to`, as a page if `Accept` names HTML."""
    response = respond_to(scope, failure)
    wants_page = b"text/html" in scope["escm.headers"].get(b"accept", b"")
    return as_page(scope, response) if response.media_type == MEDIA_TYPE and wants_page else response


def as_page(scope: Scope, response: Response) -> Response:
    """The page of a problem: in the language of the address, else the reader's."""
    problem = orjson.loads(response.body)
    catalogued = PROBLEMS[problem["code"]]
    first = scope["path"].split("/")[1]
    language = first if first in LANGUAGES else response.headers["content-language"]
    said = (catalogued.code, catalogued.kind)
    reason = next((each for each in said if f"failure.{each}" in _PAGES.texts.rows), "other")
    named = [one["parameter"] for one in problem.get("errors", ()) if one.get("parameter")]
    title, request_id = catalogued.titles[language], problem["request_id"]
    values = {"title": title, "reason": reason, "parameters": named, "request_id": request_id}
    copied = {name: response.headers[name] for name in _COPIED if name in response.headers}
    headers = {**GUARD, **copied, "Content-Language": language, "Vary": f"{response.headers['vary']}, Accept"}
    return Response(_PAGES.page("failure.html", language, **values), response.status_code, headers, HTML)
