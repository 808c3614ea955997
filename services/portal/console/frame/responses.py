"""Pages of the console as responses: never stored, never framed, without scripts."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from services.portal.console.frame.navigation import sections_for
from services.portal.console.frame.templates import PAGES, form_fields, with_records
from services.portal.console.session.caller import ApiRefused, Caller
from services.portal.console.session.kept import KEPT_FIELD, KeptForm, own_address
from shared.kernel.errors import EscmError
from shared.kernel.text import LANGUAGES
from shared.pages.policy import GUARD, HTML, POLICY
from shared.pages.reader import language_of
from shared.web.contract.catalogue import GENERAL, PROBLEMS, STATUS

_POLICY = POLICY.replace("script-src 'self'; ", "")
"""That of all pages, without scripts."""
HEADERS = {
    **GUARD,
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Vary": "Cookie, Accept-Language",
}
"""Headers of every response of the console."""
DONE = "done"
"""The parameter of an address that names what has just been done: the page says the text `done.…`."""


def page(caller: Caller, template: str, *, status: int = 200, here: str = "", **values: Any) -> Response:
    """A page for who is signed in. `here` is the key of its section."""
    return _page(caller.request, caller, template, caller.language, status, here, values)


def plain_page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page for anybody, who may not be signed in."""
    return _page(request, None, template, language_of(request), status, "", values)


def seen(path: str, done: str = "", **query: str) -> Response:
    """Sends the browser to a page by GET, which says what was done."""
    given = {**query, **({DONE: done} if done else {})}
    joined = f"{path}{'&' if '?' in path else '?'}{urlencode(given)}" if given else path
    return Response(None, 303, {"Location": joined})


def problem_page(request: Request, caller: Caller | None, error: EscmError) -> Response:
    """A failure as a page: what happened, in the reader's language, and the number of the request."""
    language = caller.language if caller else language_of(request)
    known = PROBLEMS.get(error.code) or GENERAL[error.kind]
    problem = error.problem if isinstance(error, ApiRefused) else {}
    own = str(request.scope["state"]["request_id"])
    values = {
        "title": problem.get("title") or known.titles[language],
        "detail": problem.get("detail") or error.detail,
        "faults": problem.get("errors", []),
        "request_id": problem.get("request_id") or own,
    }
    status = error.status if isinstance(error, ApiRefused) else STATUS[known.kind]
    shown = _page(request, caller, "failure_page.html", language, status, "", values)
    if "Retry-After" in error.headers:
        shown.headers["Retry-After"] = error.headers["Retry-After"]
    return shown


def resume_page(
    request: Request, caller: Caller | None, form: KeptForm, status: int = 200, sign_in: str = ""
) -> Response:
    """A form that was not sent on, to be sent once more. `sign_in` is where to sign in before, if that is needed."""
    language = caller.language if caller else language_of(request)
    values = {"form": form, "kept_field": KEPT_FIELD, "sign_in": sign_in}
    return _page(request, caller, "resume.html", language, status, "", values)


def _page(
    request: Request,
    caller: Caller | None,
    template: str,
    language: str,
    status: int,
    here: str,
    values: dict[str, Any],
) -> Response:
    done = request.query_params.get(DONE, "")
    to = own_address(request)
    given = {
        "caller": caller,
        "sections": sections_for(caller.principal) if caller and caller.principal.name else [],
        "here": here,
        "done": done if f"done.{done}" in PAGES.texts.rows else "",
        "form_fields": lambda: form_fields(caller.form_token if caller else ""),
        "with_records": with_records,
        "translations": {tag: f"/console/language/{tag}?{urlencode({'to': to})}" for tag in LANGUAGES},
    }
    body = PAGES.page(template, language, **{**given, **values})
    return Response(body, status, {**HEADERS, "Content-Language": language}, HTML)
