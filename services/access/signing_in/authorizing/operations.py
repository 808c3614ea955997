"""From the request of a client to a code, over the sign-in and the consent of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import orjson

from services.access.principals.authorizations import operations as consents
from services.access.principals.authorizations import queries as authorizations
from services.access.principals.authorizations.domain import covers
from services.access.principals.clients.queries import for_sign_in
from services.access.principals.codes import operations as codes
from services.access.principals.sessions.domain import IDLE
from services.access.principals.tokens.authentication import TokenService
from services.access.signing_in.authorizing import domain
from services.access.signing_in.authorizing.domain import AuthorizationRequest, Refused
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers import queries
from services.access.signing_in.browsers.queries import SignedIn
from shared.configuration.sealing import Sealer, bytes_of_text, text_of_bytes
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.kernel.step_up import Level

_NAME = "authorization request"
_LIFE = 3600


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: a page, or the address that the browser is sent to."""

    page: Literal["sign-in", "factor", "consent"] | None
    address: str = ""


async def received(service: TokenService, query: str) -> AuthorizationRequest:
    """The request of a client as it comes. Raises Malformed and Refused."""
    return await _read(service, query, now())


async def remembered(service: TokenService, sealed: str) -> AuthorizationRequest:
    """The request that a page carries. Raises Malformed for one that was not made here within the last hour, and if the
    client or its address is no longer registered."""
    content = bytes_of_text(sealed)
    opened = None if content is None else _sealer(service).open(content, _NAME)
    if opened is None:
        raise Malformed("The page is not complete.", code="form_expired")
    query, seconds = orjson.loads(opened)
    asked_at = datetime.fromtimestamp(seconds, tz=now().tzinfo)
    if (now() - asked_at).total_seconds() > _LIFE:
        raise Malformed("The page was opened long ago.", code="form_expired")
    return await _read(service, query, asked_at)


async def asked_by(service: TokenService, sealed: str | None) -> AuthorizationRequest | None:
    """The request of a client that a page carries; None for a person who comes by themselves. Raises as `remembered`
    does."""
    try:
        return None if sealed is None else await remembered(service, sealed)
    except Refused:
        return None


def carried(service: TokenService, query: str, asked_at: datetime) -> str:
    """The request, sealed for the address of a page."""
    return text_of_bytes(_sealer(service).seal(orjson.dumps([query, asked_at.timestamp()]), _NAME))


def address_of_refusal(service: TokenService, refused: Refused) -> str:
    """The address at which a client learns why there is no code."""
    values = {"error": refused.error, "error_description": refused.description}
    return domain.back(refused.redirect_uri, service.settings.issuer, refused.state, **values)


async def next_step(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn | None) -> Step:
    """The next step of a request. Raises Refused if the person would have to be asked and may not be."""
    if signed_in is None or not request.is_met_by(signed_in.signed_in_at, signed_in.level, now()):
        return _asking(request, _page_of_sign_in(request, signed_in), "login_required")
    if not request.client.first_party:
        async with service.database.acquire() as connection:
            consented = await authorizations.scope_of(connection, signed_in.account, request.client.id)
        if "consent" in request.prompt or not covers(consented, request.scope):
            return _asking(request, "consent", "consent_required")
    return Step(None, await _code(service, request, signed_in))


async def consent(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn) -> str:
    """Stores the consent. Returns the client's address with a code."""
    async with browsers.acting(service.database, signed_in.account) as uow:
        await consents.allow(uow, signed_in.account, request.client.id, request.scope)
    return await _code(service, request, signed_in)


def _page_of_sign_in(request: AuthorizationRequest, signed_in: SignedIn | None) -> Literal["sign-in", "factor"]:
    """The page of the second factor, for whoever is signed in and has one. Raises Refused for a level that their
    factors do not reach."""
    if signed_in is None or request.wants_sign_in or signed_in.best is Level.ONE_FACTOR:
        return "sign-in"
    if not signed_in.best.reaches(request.level):
        error = "unmet_authentication_requirements"
        raise Refused(error, "The person has no such factor.", request.redirect_uri, request.state)
    return "factor"


def _asking(request: AuthorizationRequest, page: Literal["sign-in", "factor", "consent"], error: str) -> Step:
    if request.is_silent:
        raise Refused(error, "The person has to be asked.", request.redirect_uri, request.state)
    return Step(page)


async def _code(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn) -> str:
    asked = codes.Asked(request.client.id, request.redirect_uri, request.challenge, request.scope, request.nonce)
    async with browsers.acting(service.database, signed_in.account) as uow:
        code = await codes.give(uow, signed_in.session, asked)
        await queries.extend(uow.connection, signed_in.session, now() + IDLE)
    return domain.back(request.redirect_uri, service.settings.issuer, request.state, code=code)


async def _read(service: TokenService, query: str, asked_at: datetime) -> AuthorizationRequest:
    given = domain.parameters(query)
    async with service.database.acquire() as connection:
        client = await for_sign_in(connection, domain.client_named(given))
    return domain.read(given, client, asked_at, service.settings.issuer)


def _sealer(service: TokenService) -> Sealer:
    return Sealer(service.settings.secret_key.get_secret_value().encode(), "escm authorization requests")
