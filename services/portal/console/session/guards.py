"""The checks before a page of the console: its session, and where a form comes from."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from starlette.datastructures import ImmutableMultiDict, UploadFile

from services.portal.console.session import cookies
from services.portal.console.session.caller import Caller, KnownPrincipals, SignInNeeded
from services.portal.console.session.kept import KEPT_FIELD, KEY_FIELD, OWN_FIELDS, TOKEN_FIELD, fields_of
from services.portal.console.session.keys import ConsoleKeys
from services.portal.console.session.tokens import Session, TokenClient
from services.portal.settings import PortalSettings
from shared.kernel.errors import ErrorCategory, EscmError, Forbidden, Malformed
from shared.reading.api import SessionApi

_CALLER = "escm.console"
_LONGEST_KEY = 64


class NotSetUp(EscmError):
    """The operators gave the console no key."""

    kind, code = ErrorCategory.UNAVAILABLE, "unavailable"


class AnotherSite(Forbidden):
    """The request did not come from a page of the console."""


class FormNotOfSession(Malformed):
    """The form was made for another session."""

    code = "form_expired"


@asynccontextmanager
async def console_session(app: FastAPI) -> AsyncIterator[None]:
    """Provides what sessions of the console need while the app runs."""
    settings: PortalSettings = app.state.settings
    app.state.console_keys = ConsoleKeys(settings.console_secrets) if settings.console_secrets else None
    app.state.known_principals = KnownPrincipals()
    app.state.session_api = api = SessionApi(settings)
    try:
        yield
    finally:
        await api.close()


def keys_of(request: Request) -> ConsoleKeys:
    """The keys of the console. Raises NotSetUp."""
    keys: ConsoleKeys | None = request.app.state.console_keys
    if keys is None:
        raise NotSetUp("The console is not set up here.")
    return keys


def token_client(request: Request) -> TokenClient:
    """The console's client. Raises NotSetUp."""
    state = request.app.state
    return TokenClient(state.session_api, keys_of(request), state.settings.issuer, request)


def session_of(request: Request) -> Session | None:
    """The session of the browser's cookie, which may be over."""
    name = cookies.name_of(request.app.state.settings.issuer)
    value = cookies.cookies_of(request).get(name)
    return Session.opened(keys_of(request), name, value) if value else None


def caller_in(request: Request) -> Caller | None:
    """The caller, if the request got that far."""
    found: Caller | None = request.scope.get(_CALLER)
    return found


async def caller_of(request: Request) -> Caller:
    """The caller, with a token that lasts. Raises SignInNeeded and NotSetUp; AnotherSite for a write that another site
    asks for."""
    client = token_client(request)
    if request.method not in ("GET", "HEAD"):
        require_own_page(request)
    session = session_of(request)
    if session is None:
        raise SignInNeeded("Sign in to use the console.")
    caller = request.scope[_CALLER] = Caller(request, client, session)
    if session.is_due:
        await caller.renew()
    await caller.identify()
    return caller


CurrentCaller = Annotated[Caller, Depends(caller_of)]


def require_own_page(request: Request) -> None:
    """Raises AnotherSite unless the browser says that a page of ours sent the request: by `Sec-Fetch-Site`, or by
    `Origin` where it does not know that."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = urlsplit(request.app.state.settings.issuer)
    is_own = site == "same-origin" if site is not None else origin == f"{own.scheme}://{own.netloc}"
    if not is_own:
        raise AnotherSite("The form was not sent by a page of the console.")


class Form(ImmutableMultiDict[str, str]):
    """The fields of a form, and its files by their fields. Each value is a text, as it was sent."""

    def __init__(self, fields: Sequence[tuple[str, str]], files: Mapping[str, UploadFile] | None = None) -> None:
        super().__init__(list(fields))
        self.files = files or {}


async def sent_form(request: Request, caller: CurrentCaller) -> Form:
    """The form of a page of this session. Raises FormNotOfSession for the token of another session."""
    return taken(request, caller, await fields_of(request))


def taken(
    request: Request,
    caller: Caller,
    fields: Sequence[tuple[str, str]],
    files: Mapping[str, UploadFile] | None = None,
) -> Form:
    """A form whose token was checked. Raises FormNotOfSession."""
    given = dict(fields)
    if not keys_of(request).is_form_token(caller.session.id, given.get(TOKEN_FIELD, "")):
        raise FormNotOfSession("The form was made for another session.")
    caller.form_key = given.get(KEY_FIELD, "")[:_LONGEST_KEY]
    caller.is_resumed = KEPT_FIELD in given
    own = OWN_FIELDS | {KEY_FIELD}
    return Form([(name, value) for name, value in fields if name not in own], files)


SentForm = Annotated[Form, Depends(sent_form)]
