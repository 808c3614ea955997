"""Signing in over HTTP: `GET /access/v1/oauth/authorize`, and its pages. Refusals are pages for people."""

from dataclasses import replace

from fastapi import Request, Response

from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.guards import CurrentTokenService
from services.access.principals.tokens.operations import proves_password
from services.access.signing_in.authorizing import operations
from services.access.signing_in.authorizing.domain import AuthorizationRequest, Refused
from services.access.signing_in.authorizing.sign_in_page import Shown, sign_in_response
from services.access.signing_in.authorizing.wording import consent_texts
from services.access.signing_in.browsers import domain, tickets
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import ACCOUNT, AUTHORIZE, CONSENT, FACTOR, SIGN_IN, with_query
from services.access.signing_in.pages.guards import PAGE, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import OnPage, language, own_address, page_response, sent_to
from services.access.signing_in.pages.second_step import needs_second_step
from shared.kernel.errors import Malformed
from shared.kernel.step_up import Level
from shared.kernel.text import email_key
from shared.web.contract.route_options import OptionsRouter

router = OptionsRouter(include_in_schema=False)


@router.get(AUTHORIZE, options=PAGE)
async def authorize(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """Sends the browser to the client with a code, or to the page that is needed before."""
    query = request.scope["query_string"].decode("latin-1")
    try:
        asked = await operations.received(token_service, query)
        return await _onward(token_service, asked, browser.signed_in)
    except Refused as refused:
        return sent_to(operations.address_of_refusal(token_service, refused))


@router.get(SIGN_IN, options=PAGE)
async def sign_in_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page that asks for address and password, and shows the providers."""
    shown = Shown(request.query_params.get("request"), await _remembered(token_service, request))
    return await sign_in_response(request, token_service, browser, shown)


@router.post(SIGN_IN, options=PAGE)
async def sign_in(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Signs in, with another cookie than before, and goes on with the request of the client. A wrong password and an
    unknown address have the same response. `action=provider` asks for the provider of the address instead."""
    asked = await _remembered(token_service, request)
    carried = {name: request.query_params[name] for name in ("request",) if name in request.query_params}
    username, address = form.get("username", ""), request.client.host if request.client else ""
    shown = Shown(request.query_params.get("request"), asked, username)
    if form.get("action") == "provider" or not token_service.settings.local_passwords:
        return await sign_in_response(request, token_service, browser, replace(shown, alert="choose_provider"))
    account = await proves_password(token_service, email_key(username), form.get("password", ""), address)
    if account is None:
        page = await sign_in_response(request, token_service, browser, replace(shown, alert="wrong"))
        raise OnPage(Malformed(code="invalid_grant"), page)
    if await needs_second_step(token_service, account.id, asked.level if asked else Level.ONE_FACTOR):
        ticket = tickets.issue(token_service.settings, browser.cookie, account)
        return sent_to(with_query(FACTOR, {**carried, "ticket": ticket}))
    async with browsers.acting(token_service.database, account.id) as uow:
        cookie = await browsers.sign_in(uow, account.id, browser.signed_in)
    return sent_to(with_query(CONSENT, carried) if asked else ACCOUNT, domain.cookie_header(browser.name, cookie))


@router.get(CONSENT, options=PAGE)
async def consent_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page that names the client and what it asks for. Who need not consent is sent on at once."""
    asked = await _remembered(token_service, request)
    if asked is None:
        return sent_to(ACCOUNT)
    try:
        step = await operations.next_step(token_service, asked, browser.signed_in)
    except Refused as refused:
        return sent_to(operations.address_of_refusal(token_service, refused))
    if step.page is None:
        return sent_to(step.address)
    if step.page != "consent" or browser.signed_in is None:
        return _page_of(step.page, request.query_params["request"])
    shown = language(request, asked.language)
    values = {**consent_texts(asked, shown), "person": browser.signed_in.name, "action": own_address(request)}
    return page_response(request, browser, "consent.html", shown, values, leads_to=asked.redirect_uri)


@router.post(CONSENT, options=PAGE)
async def consent(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Sends the browser to the client, with a code or the news that the person did not consent."""
    asked = await _remembered(token_service, request)
    if asked is None:
        return sent_to(ACCOUNT)
    if form.get("decision") != "allow":
        denied = Refused("access_denied", "The person did not consent.", asked.redirect_uri, asked.state)
        return sent_to(operations.address_of_refusal(token_service, denied))
    if browser.signed_in is None or not await operations.is_met(token_service, asked, browser.signed_in):
        return _page_of("sign-in", request.query_params["request"])
    return sent_to(await operations.consent(token_service, asked, browser.signed_in))


async def _onward(token_service: TokenService, asked: AuthorizationRequest, signed_in: SignedIn | None) -> Response:
    step = await operations.next_step(token_service, asked, signed_in)
    if step.page is None:
        return sent_to(step.address)
    return _page_of(step.page, operations.carried(token_service, asked))


def _page_of(page: str, carried: str) -> Response:
    return sent_to(with_query(f"/access/{page}", {"request": carried}))


async def _remembered(token_service: TokenService, request: Request) -> AuthorizationRequest | None:
    return await operations.asked_by(token_service, request.query_params.get("request"))
