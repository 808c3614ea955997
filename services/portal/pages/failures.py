"""Failures as pages for browsers; other clients get the problem document."""

import orjson
from starlette.responses import Response
from starlette.types import Scope

from services.portal.pages.policy import GUARD, HTML
from services.portal.pages.templates import page
from services.portal.pages.texts import TEXTS
from shared.kernel.text import LANGUAGES
from shared.web.contract.catalogue import PROBLEMS
from shared.web.edge.problems import MEDIA_TYPE, respond_to

_COPIED = ("cache-control", "retry-after", "allow")


def readable(scope: Scope, failure: Exception) -> Response:
    """The response of `respond_to`, as a page if `Accept` names HTML: in the language of the address, else the
    reader's."""
    response = respond_to(scope, failure)
    if response.media_type != MEDIA_TYPE or b"text/html" not in scope["escm.headers"].get(b"accept", b""):
        return response
    problem = orjson.loads(response.body)
    catalogued = PROBLEMS[problem["code"]]
    first = scope["path"].split("/")[1]
    language = first if first in LANGUAGES else response.headers["content-language"]
    reason = catalogued.kind if f"failure.{catalogued.kind}" in TEXTS else "other"
    values = {"title": catalogued.titles[language], "reason": reason, "request_id": problem["request_id"]}
    copied = {name: response.headers[name] for name in _COPIED if name in response.headers}
    headers = {**GUARD, **copied, "Content-Language": language, "Vary": f"{response.headers['vary']}, Accept"}
    return Response(page("failure.html", language, **values), response.status_code, headers, HTML)
