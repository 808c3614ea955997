"""Signing in at an identity provider over HTTP: to it, and back. Failures are pages with the other ways to sign in."""

from typing import Annotated

import orjson
from fastapi import Depends, Request, Response

from services.access.federation.providers.guards import active_provider
from services.access.federation.providers.record import IdentityProvider
from services.access.principals.sessions.domain import digest
from services.access.principals.tokens.guards import CurrentTokenService
from services.access.self_service.federated import operations
from services.access.self_service.federated.operations import Arrival, Federation, Wished
from services.access.self_service.federated.queries import Start
from services.access.self_service.federated.schemas import InvitationBody
from services.access.signing_in.authorizing.domain import AuthorizationRequest
from services.access.signing_in.authorizing.operations import asked_by
from services.access.signing_in.authorizing.sign_in_page import Alert, Shown, sign_in_response
from services.access.signing_in.browsers import domain as browsers
from services.access.signing_in.browsers.domain import is_form_token
from services.access.signing_in.pages.addresses import ACCOUNT, CONSENT, FEDERATION, SIGN_IN, with_query
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser
from services.access.signing_in.pages.responses import OnPage, language, sent_to
from services.access.signing_in.pages.second_step import page_before_changes
from shared.kernel.errors import EscmError, Malformed
from shared.web.contract.route_options import OptionsRouter
from shared.web.request.responses import JSON

router = OptionsRouter(include_in_schema=False)
_MOST_VALUE = 4096
_ALERTS: dict[str, Alert] = {
    "provider_unreachable": "unreachable",
    "provider_refused": "refused",
    "identity_not_linked": "not_linked",
    "identity_taken": "taken",
    "token_not_valid": "invitation",
}
"""The failures that the page of signing in tells."""


async def _federation_of(request: Request, token_service: CurrentTokenService) -> Federation:
    return Federation(token_service, request.app.state.remote_providers)


async def _provider_of(code: str, token_service: CurrentTokenService) -> IdentityProvider:
    return await active_provider(token_service.database, code)


CurrentFederation = Annotated[Federation, Depends(_federation_of)]
CurrentProvider = Annotated[IdentityProvider, Depends(_provider_of)]


@router.get(f"{FEDERATION}/{{code}}/start", options=PAGE)
async def start(
    request: Request, federation: CurrentFederation, provider: CurrentProvider, browser: CurrentBrowser
) -> Response:
    """Sends the browser to the provider: to sign in, or with `form`, the token of a page, to link an identity."""
    carried, link = request.query_params.get("request"), request.query_params.get("form")
    asked = await asked_by(federation.service, carried)
    account = None
    if link is not None:
        signed_in = browser.signed_in
        if signed_in is None:
            return sent_to(SIGN_IN)
        if before := page_before_changes(signed_in):
            return sent_to(before)
        if not is_form_token(browser.token_key, browser.cookie, link):
            raise Malformed("The link was not made for this browser.", code="form_expired")
        account = signed_in.account
    went_for = Start(carried if asked else None, account)
    wished = Wished(language(request, asked.language if asked else None), *_anew(asked))
    try:
        address, cookies = await _left(federation, provider, browser, went_for, wished)
    except EscmError as error:
        raise await _on_page(request, federation, browser, went_for.request, provider, error) from None
    return sent_to(address, *cookies)


@router.post(f"{FEDERATION}/{{code}}/authorization", options=PAGE)
async def use_invitation_at_provider(
    request: Request,
    body: InvitationBody,
    federation: CurrentFederation,
    provider: CurrentProvider,
    browser: CurrentBrowser,
) -> Response:
    """Where the page of an invitation sends the browser for signing in at the provider instead of choosing a password.
    The invitation is used when the person comes back."""
    went_for = Start(None, invitation=digest(body.token))
    address, cookies = await _left(federation, provider, browser, went_for, Wished(language(request)))
    response = Response(orjson.dumps({"address": address}), 200, {"Cache-Control": "no-store"}, JSON)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response


@router.get(f"{FEDERATION}/{{code}}/callback", options=PAGE)
async def callback(
    request: Request, federation: CurrentFederation, provider: CurrentProvider, browser: CurrentBrowser
) -> Response:
    """Signs in whoever comes back from the provider, with another cookie than before, and goes on with what they went
    there for."""
    query = request.query_params
    if len(query.multi_items()) != len(query) or any(len(value) > _MOST_VALUE for value in query.values()):
        raise Malformed("A parameter occurs twice or is too long.", code="form_expired")
    went_for = await operations.returned(federation, provider, browser.cookie, query)
    asked = await asked_by(federation.service, went_for.request)
    try:
        subject = await operations.proved(federation, provider, query)
        arrival = Arrival(subject, went_for, browser.signed_in, language(request, asked.language if asked else None))
        cookie = await operations.arrive(federation, provider, arrival)
    except EscmError as error:
        raise await _on_page(request, federation, browser, went_for.request, provider, error) from None
    if cookie is None:
        return sent_to(ACCOUNT)
    onward = ACCOUNT if asked is None else with_query(CONSENT, {"request": went_for.request or ""})
    return sent_to(onward, browsers.cookie_header(browser.name, cookie))


def _anew(asked: AuthorizationRequest | None) -> tuple[str, bool]:
    """The address that the client knows, and whether it wants a new sign-in."""
    return ("", False) if asked is None else (asked.login_hint, asked.wants_new_sign_in)


async def _left(
    federation: Federation, provider: IdentityProvider, browser: Browser, went_for: Start, wished: Wished
) -> tuple[str, list[str]]:
    """The address of the provider, and the cookie of a browser that has none."""
    address = await operations.leave_for(federation, provider, browser.cookie, went_for, wished)
    return address, [browsers.cookie_header(browser.name, browser.cookie)] if browser.is_new else []


async def _on_page(
    request: Request,
    federation: Federation,
    browser: Browser,
    carried: str | None,
    provider: IdentityProvider,
    error: EscmError,
) -> EscmError:
    """The failure with the page that tells it and has the other ways; the failure itself if its own page tells it."""
    codes = [error.code, *(each.code for each in error.errors)]
    alert = next((_ALERTS[code] for code in codes if code in _ALERTS), None)
    if alert is None:
        return error
    shown = Shown(carried, await asked_by(federation.service, carried), alert=alert, provider=provider)
    return OnPage(error, await sign_in_response(request, federation.service, browser, shown))
