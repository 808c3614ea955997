"""The browser of a request, and the checks before the forms of pages."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from services.access.principals.sessions.domain import digest
from services.access.principals.sessions.operations import SESSIONS
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.guards import CurrentTokenService, form_of
from services.access.signing_in.browsers import domain, queries
from services.access.signing_in.browsers.queries import SignedIn
from shared.configuration.sealing import derived_key
from shared.kernel.errors import Malformed
from shared.kernel.principal import BREAK_GLASS, Principal, PrincipalKind
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_authenticator import request_authenticator_of
from shared.web.request.watching import record_request

PAGE = RouteOptions(is_public=True, is_keyed=False)
"""The options of the routes of pages."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser of a request: the name and value of its cookie, which a page sets if it is new, and who is signed in
    there."""

    name: str
    cookie: str
    is_new: bool
    signed_in: SignedIn | None
    token_key: bytes


async def browser_of(request: Request, token_service: CurrentTokenService) -> Browser:
    """The browser, counted against the limit of its address."""
    await request_authenticator_of(request).anonymous(request)
    name = domain.cookie_name(token_service.settings.issuer)
    headers = [value for key, value in request.scope["headers"] if key == b"cookie"]
    cookie = domain.cookie_in(headers, name)
    signed_in = None
    if cookie is not None:
        async with token_service.database.acquire() as connection:
            signed_in = await queries.find(connection, digest(cookie))
    if signed_in is not None and signed_in.account == BREAK_GLASS:
        person = Principal(PrincipalKind.ACCOUNT, signed_in.account, signed_in.name)
        await record_request(request, person, SESSIONS.resource, signed_in.session)
    secret = token_service.settings.secret_key.get_secret_value().encode()
    key = derived_key(secret, "escm forms of pages")
    return Browser(name, cookie or domain.new_cookie(), cookie is None, signed_in, key)


CurrentBrowser = Annotated[Browser, Depends(browser_of)]


async def sent_form(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> dict[str, str]:
    """The form of a page of ours, sent from this browser.

    Raises UnsupportedMedia, TooLarge, and Malformed `form_expired` for a form that another site sent, or that was made
    for another cookie.
    """
    form = await form_of(request)
    is_ours = _is_same_origin(request, token_service) and not browser.is_new
    if not is_ours or not domain.is_form_token(browser.token_key, browser.cookie, form.get("token", "")):
        raise Malformed("The form was not made for this browser, or its cookie is gone.", code="form_expired")
    return form


def _is_same_origin(request: Request, token_service: TokenService) -> bool:
    """Whether the browser says that a page of ours sent the form, where it says anything."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    own = urlsplit(token_service.settings.issuer)
    return origin is None or origin == f"{own.scheme}://{own.netloc}"


SentForm = Annotated[dict[str, str], Depends(sent_form)]
