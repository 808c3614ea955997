"""Codes of devices over HTTP: the endpoint for devices, and the page on which a person enters a code."""

import orjson
from fastapi import Request, Response

from services.access.principals.devices import domain
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.guards import Asked, CurrentTokenService
from services.access.principals.tokens.routes import FORM_PROBLEMS
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.devices import operations
from services.access.signing_in.devices.schemas import DEVICE_FORM, DeviceCodes
from services.access.signing_in.pages.addresses import DEVICE, with_query
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import OnPage, language, own_address, page_response, sent_to
from services.access.signing_in.pages.second_step import page_before_changes, page_for_role
from shared.kernel.addresses import site_of
from shared.kernel.errors import Forbidden, Malformed
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.request.request_authenticator import request_authenticator_of
from shared.web.request.responses import JSON

router = OptionsRouter(tags=["tokens"])
pages = OptionsRouter(include_in_schema=False)
_PROBLEMS = (*FORM_PROBLEMS, "invalid_scope", "invalid_target", "unauthorized_client", "not_found")
_DECISIONS: dict[str, domain.Decision] = {"allow": "allowed", "deny": "denied"}


@router.post(
    "/access/v1/oauth/device_authorization",
    options=RouteOptions(is_public=True, is_keyed=False, problems=_PROBLEMS),
    response_model=None,
    responses={200: {"model": DeviceCodes}},
    openapi_extra=DEVICE_FORM,
)
async def authorize_device(request: Request, asked: Asked, token_service: CurrentTokenService) -> Response:
    """Ask for the codes of a device.

    RFC 8628: for our own command line on a machine without a browser. The person enters the short code elsewhere; the
    device asks for a token by the other one. Only where the installation gives such codes.
    """
    await request_authenticator_of(request).anonymous(request)
    operations.require_devices(token_service)
    codes = await operations.give(token_service, asked.form, asked.shown, asked.address)
    shown, place = domain.grouped(codes.user_code), operations.page_of(token_service)
    content = {
        "device_code": codes.device_code,
        "user_code": shown,
        "verification_uri": place,
        "verification_uri_complete": with_query(place, {"user_code": shown}),
        "expires_in": int(domain.LIFE.total_seconds()),
        "interval": domain.PAUSE,
    }
    return Response(orjson.dumps(content), 200, {"Cache-Control": "no-store"}, JSON)


@pages.get(DEVICE, options=PAGE)
async def device_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page that asks for the code that a device shows, for a person who has just signed in."""
    operations.require_devices(token_service)
    given, shown = request.query_params, language(request)
    if "error" in given:
        raise Malformed("The sign-in did not succeed.", code="form_expired")
    if "state" in given:
        return sent_to(with_query(DEVICE, {"user_code": given["state"], "language": shown}))
    if not await _has_signed_in(token_service, browser.signed_in):
        user_code = given.get("user_code", "")
        return sent_to(operations.address_of_sign_in(token_service, browser.signed_in, user_code, shown))
    return _form(request, browser)


@pages.post(DEVICE, options=PAGE)
async def decide_device(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Shows who asks, or stores what the person decided about it. Raises OnPage for a wrong code, and for a person with
    a role of two."""
    operations.require_devices(token_service)
    signed_in = browser.signed_in
    if signed_in is None or not await _has_signed_in(token_service, signed_in):
        user_code, shown = form.get("user_code", ""), language(request)
        return sent_to(operations.address_of_sign_in(token_service, signed_in, user_code, shown))
    if await operations.is_barred(token_service, signed_in):
        raise OnPage(Forbidden(), _form(request, browser, "of_two", status=403))
    return await _decided(request, token_service, browser, signed_in, form)


async def _has_signed_in(token_service: TokenService, signed_in: SignedIn | None) -> bool:
    """Whether the person has just signed in, as surely as they can reach and as their roles need."""
    if signed_in is None or page_before_changes(signed_in) is not None:
        return False
    return await page_for_role(token_service, signed_in) is None


async def _decided(
    request: Request, token_service: TokenService, browser: Browser, signed_in: SignedIn, form: dict[str, str]
) -> Response:
    found = await operations.waiting(token_service, signed_in, form)
    decision = _DECISIONS.get(form.get("decision", ""))
    if found is None:
        raise OnPage(Malformed(code="code_not_valid"), _form(request, browser, "wrong", status=400))
    key, device = found
    if decision is None:
        values = {
            "action": own_address(request),
            "device": device,
            "user_code": domain.grouped(domain.typed_code(form["user_code"]) or ""),
            "person": signed_in.name,
            "is_here": request.client is not None and site_of(request.client.host) == device.network,
        }
        return page_response(request, browser, "device_confirm.html", language(request), values)
    if not await operations.decide(token_service, signed_in, key, decision):
        raise OnPage(Malformed(code="code_not_valid"), _form(request, browser, "wrong", status=400))
    return page_response(request, browser, "device_decided.html", language(request), {"decision": decision})


def _form(request: Request, browser: Browser, alert: str | None = None, *, status: int = 200) -> Response:
    given = request.query_params.get("user_code", "")[: domain.LONGEST_TYPED]
    values = {"action": own_address(request), "user_code": given, "alert": alert}
    return page_response(request, browser, "device.html", language(request), values, status=status)
