"""Pages as responses: never stored, never framed, with a form that leads nowhere else, and without scripts, but for our
own on pages of passkeys."""

from collections.abc import Mapping

from fastapi import Request, Response

from services.access.principals.clients.domain import origin_of
from services.access.signing_in.browsers import domain
from services.access.signing_in.pages.addresses import with_query
from services.access.signing_in.pages.guards import Browser
from services.access.signing_in.pages.templates import PAGES
from shared.kernel.errors import EscmError
from shared.kernel.text import LANGUAGES
from shared.pages.policy import GUARD, HTML
from shared.pages.reader import language_of

_LANGUAGE = "language"
_CARRIED = (
    "request",
    "ticket",
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "user_code",
    _LANGUAGE,
)


class OnPage(EscmError):
    """A failure that a page with a form tells."""

    def __init__(self, failure: EscmError, page: Response) -> None:
        super().__init__(failure.detail, code=failure.code, errors=failure.errors, headers=failure.headers)
        self.kind = failure.kind
        self.page = page
        page.headers.update(failure.headers)


def language(request: Request, wished: str | None = None) -> str:
    """The language of a page: that of its address, else that which the client wishes, else the reader's."""
    chosen = request.query_params.get(_LANGUAGE)
    return chosen if chosen in LANGUAGES else wished or language_of(request)


def page_response(
    request: Request,
    browser: Browser,
    name: str,
    shown: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    leads_to: str | None = None,
    runs_script: bool = False,
    place: str | None = None,
) -> Response:
    """A page in a language, with the token of its forms. `leads_to` is the client's address to which a form leads: a
    browser follows a form to named origins only, also over redirects. `runs_script`: it runs that of passkeys. `place`
    is the page's address, if that is not the one of the request."""
    token = domain.form_token(browser.token_key, browser.cookie)
    addresses = {tag: with_query(place, {_LANGUAGE: tag}) if place else own_address(request, tag) for tag in LANGUAGES}
    body = PAGES.page(name, shown, addresses=addresses, token=token, **values)
    response = Response(body, status, {**_headers(leads_to, runs_script=runs_script), "Content-Language": shown}, HTML)
    if browser.is_new:
        response.headers.append("set-cookie", domain.cookie_header(browser.name, browser.cookie))
    return response


def own_address(request: Request, language: str | None = None) -> str:
    """The address of the page, to which its form is sent, with what it carries; in another language if one is given."""
    query = {name: request.query_params[name] for name in _CARRIED if name in request.query_params}
    query |= {_LANGUAGE: language} if language else {}
    path: str = request.scope["path"]
    return with_query(path, query)


def sent_to(address: str, *cookies: str) -> Response:
    """Sends the browser to an address, by GET."""
    response = Response(None, 303, {"Location": address, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response


def _headers(leads_to: str | None, *, runs_script: bool) -> dict[str, str]:
    forms = "'self'" if leads_to is None else f"'self' {origin_of(leads_to)}"
    scripts = " script-src 'self';" if runs_script else ""
    policy = (
        f"default-src 'none'; style-src 'self';{scripts} img-src 'self'; font-src 'self'; base-uri 'none';"
        f" form-action {forms}; frame-ancestors 'none'"
    )
    return {
        **GUARD,
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
        "Vary": "Cookie, Accept-Language",
    }
