"""Signing out over HTTP. Nobody is signed out by a link alone: without the ID token of a client, a page asks."""

from collections.abc import Mapping

from fastapi import Request, Response

from services.access.principals.tokens.guards import CurrentTokenService
from services.access.signing_in.browsers import domain
from services.access.signing_in.leaving import operations
from services.access.signing_in.leaving.operations import LeaveRequest
from services.access.signing_in.pages.addresses import END_SESSION, SIGNED_OUT, with_query
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import language, own_address, page_response, sent_to
from shared.web.contract.route_options import OptionsRouter

router = OptionsRouter(include_in_schema=False)


@router.get(END_SESSION, options=PAGE)
async def end_session(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """Signs out the person of the ID token, or asks whoever is signed in."""
    asked = await operations.read(token_service, request.query_params)
    signed_in = browser.signed_in
    if signed_in is not None and (asked.hint is None or asked.hint.account != signed_in.account):
        shown = language(request)
        values = {"person": signed_in.name, "action": own_address(request)}
        return page_response(request, browser, "sign_out.html", shown, values, leads_to=asked.address)
    await operations.leave(token_service, signed_in, asked.hint)
    return _left(browser, asked, request.query_params)


@router.post(END_SESSION, options=PAGE)
async def confirm_end_session(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, _form: SentForm
) -> Response:
    """Signs out whoever is signed in in the browser."""
    asked = await operations.read(token_service, request.query_params)
    await operations.leave(token_service, browser.signed_in, None)
    return _left(browser, asked, request.query_params)


@router.get(SIGNED_OUT, options=PAGE)
async def signed_out(request: Request, browser: CurrentBrowser) -> Response:
    """The page after signing out."""
    return page_response(request, browser, "signed_out.html", language(request), {})


def _left(browser: Browser, asked: LeaveRequest, given: Mapping[str, str]) -> Response:
    removed = domain.cookie_header(browser.name, "")
    if asked.address is None:
        return sent_to(SIGNED_OUT, removed)
    return sent_to(with_query(asked.address, {name: given[name] for name in ("state",) if name in given}), removed)
