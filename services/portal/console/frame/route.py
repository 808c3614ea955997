"""The class of the console's routes: whoever has to sign in is sent there and back, failures are pages, and nothing is
stored."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.portal.console.frame.responses import HEADERS, plain_page, problem_page, resume_page
from services.portal.console.session import cookies
from services.portal.console.session.caller import Caller, SignInNeeded, StepUpNeeded
from services.portal.console.session.guards import (
    AnotherSite,
    FormNotOfSession,
    NotSetUp,
    caller_in,
    keys_of,
    require_own_page,
    session_of,
)
from services.portal.console.session.kept import has_files, keep, kept_form, own_address
from shared.kernel.errors import ErrorCategory
from shared.web.contract.route_options import NONE, OptionsRouter, RouteOptions
from shared.web.request.endpoint import Handler
from shared.web.request.error_mapping import as_escm_error

SIGN_IN = "/console/sign-in"


class ConsoleRoute(APIRoute):
    """One route of the console."""

    options: RouteOptions = NONE

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI calls."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await inner(request)
            except Exception as failure:
                response = await _refused(request, failure)
            return _finished(request, response)

        return handle


def console_router() -> OptionsRouter:
    """A router for pages of the console."""
    return OptionsRouter(route_class=ConsoleRoute, include_in_schema=False)


async def _refused(request: Request, failure: Exception) -> Response:
    """The page for a failure, or the way to sign in. Raises the failure if it is one of ours."""
    caller = caller_in(request)
    if isinstance(failure, NotSetUp):
        return plain_page(request, "not_set_up.html", status=503)
    if isinstance(failure, FormNotOfSession):
        return resume_page(request, caller, await kept_form(request), 400)
    if isinstance(failure, SignInNeeded):
        return await _to_sign_in(request, failure)
    error = as_escm_error(failure)
    if error.kind is ErrorCategory.INTERNAL:
        raise failure
    return problem_page(request, caller, error)


async def _to_sign_in(request: Request, needed: SignInNeeded) -> Response:
    asked: dict[str, str] = {}
    if isinstance(needed, StepUpNeeded):
        asked = {"acr_values": needed.acr_values, "max_age": str(needed.max_age)}
    if request.method in ("GET", "HEAD"):
        return _sent(sign_in_address(own_address(request), **asked))
    try:
        require_own_page(request)
    except AnotherSite as other:
        return problem_page(request, None, other)
    if has_files(request) and request.scope["path"].startswith("/console/imports/"):
        return _sent(sign_in_address("/console/imports/new", **asked))
    form, session = await kept_form(request), session_of(request)
    kept = keep(keys_of(request), request.app.state.settings.issuer, session.account, form) if session else None
    if kept is None:
        return resume_page(request, None, form, 401, sign_in_address("/console/signed-in", **asked))
    response = _sent(sign_in_address(cookies.RESUME, **asked))
    for header in kept:
        response.headers.append("set-cookie", header)
    return response


def sign_in_address(to: str, **asked: str) -> str:
    """Where somebody signs in who then goes to `to`."""
    return f"{SIGN_IN}?{urlencode({'to': to, **asked})}"


def _sent(address: str) -> Response:
    return Response(None, 303, {"Location": address})


def _finished(request: Request, response: Response) -> Response:
    """The response with the headers of the console, and with the cookie of a session that was renewed."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    caller = caller_in(request)
    if caller is None:
        return response
    settings = request.app.state.settings
    if caller.is_renewed:
        response.headers.append("set-cookie", session_cookie(request, caller))
    if caller.is_resumed and response.status_code < 400:
        for header in cookies.forgetting(settings.issuer):
            response.headers.append("set-cookie", header)
    return response


def session_cookie(request: Request, caller: Caller) -> str:
    """The header that stores the caller's session."""
    name = cookies.name_of(request.app.state.settings.issuer)
    return cookies.setting(name, caller.session.sealed(keys_of(request), name))
