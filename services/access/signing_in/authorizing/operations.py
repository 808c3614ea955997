"""From the request of a client to a code, over the sign-in and the consent of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import orjson

from services.access.principals.authorizations import operations as consents
from services.access.principals.authorizations import queries as authorizations
from services.access.principals.authorizations.domain import covers
from services.access.principals.clients.queries import for_sign_in
from services.access.principals.clients.record import Client
from services.access.principals.codes import operations as codes
from services.access.principals.sessions.domain import IDLE
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.domain import invalid_request
from services.access.signing_in.authorizing import domain
from services.access.signing_in.authorizing.domain import Arrival, AuthorizationRequest, Refused
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers import queries
from services.access.signing_in.browsers.queries import SignedIn
from shared.configuration.sealing import Sealer
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.kernel.step_up import Level

_NAME = "authorization request"
_LIFE = 3600
_PUSHED = "pushed request"
_PUSHED_URI = "urn:ietf:params:oauth:request_uri:"
_LONGEST_PUSHED = 2048
"""Characters: sealed, they still are part of an address."""
PUSHED_LIFE = 90
"""Seconds between a request that a client pushes and the person who comes with it."""
_NAMED = frozenset({"invalid_scope", "invalid_target", "unauthorized_client", "unsupported_response_type"})
"""The errors that a client learns by their own names; the others are faults of the request."""
_CREDENTIALS = frozenset({"client_id", "client_secret", "client_assertion", "client_assertion_type"})


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: a page, or the address that the browser is sent to."""

    page: Literal["sign-in", "factor", "consent"] | None
    address: str = ""


async def received(service: TokenService, query: str) -> AuthorizationRequest:
    """The request of a client as it comes, or as it was pushed before. Raises Malformed and Refused."""
    given = domain.parameters(query)
    named = given.get("request_uri", [""])[0]
    if not named.startswith(_PUSHED_URI):
        return await _read(service, Arrival(query, now()))
    opened = _sealer(service).open_text(named.removeprefix(_PUSHED_URI), _PUSHED)
    pushed, until = orjson.loads(opened) if opened else ("", 0)
    if until < now().timestamp() or domain.parameters(pushed)["client_id"] != given.get("client_id"):
        raise Malformed("The request was not made by this client, or is older than 90 s.", code="form_expired")
    return await _read(service, Arrival(pushed, now(), is_pushed=True))


async def push(service: TokenService, client: Client, form: Mapping[str, str]) -> str:
    """The address of a request that a client sends by itself (RFC 9126), which a browser may come with for 90 s.

    Raises Malformed for a request that `received` would refuse.
    """
    asked = {name: value for name, value in form.items() if name not in _CREDENTIALS}
    query = urlencode({"client_id": client.client_id, **asked})
    if len(query) > _LONGEST_PUSHED:
        raise invalid_request(f"The request has at most {_LONGEST_PUSHED} characters.")
    try:
        await _read(service, Arrival(query, now(), is_pushed=True))
    except Refused as refused:
        code = refused.error if refused.error in _NAMED else "invalid_request"
        raise Malformed(refused.description, code=code) from None
    content = orjson.dumps([query, now().timestamp() + PUSHED_LIFE])
    return _PUSHED_URI + _sealer(service).seal_text(content, _PUSHED)


async def remembered(service: TokenService, sealed: str) -> AuthorizationRequest:
    """The request that a page carries. Raises Malformed for one that was not made here within the last hour, and if the
    client or its address is no longer registered."""
    opened = _sealer(service).open_text(sealed, _NAME)
    if opened is None:
        raise Malformed("The page is not complete.", code="form_expired")
    query, seconds, is_pushed = orjson.loads(opened)
    arrival = Arrival(query, datetime.fromtimestamp(seconds, tz=now().tzinfo), is_pushed)
    if (now() - arrival.at).total_seconds() > _LIFE:
        raise Malformed("The page was opened long ago.", code="form_expired")
    return await _read(service, arrival)


async def asked_by(service: TokenService, sealed: str | None) -> AuthorizationRequest | None:
    """The request of a client that a page carries; None for a person who comes by themselves. Raises as `remembered`
    does."""
    try:
        return None if sealed is None else await remembered(service, sealed)
    except Refused:
        return None


def carried(service: TokenService, request: AuthorizationRequest) -> str:
    """The request, sealed for the address of a page."""
    arrival = request.arrival
    content = orjson.dumps([arrival.query, arrival.at.timestamp(), arrival.is_pushed])
    return _sealer(service).seal_text(content, _NAME)


def address_of_refusal(service: TokenService, refused: Refused) -> str:
    """The address at which a client learns why there is no code."""
    values = {"error": refused.error, "error_description": refused.description}
    return domain.back(refused.redirect_uri, service.settings.issuer, refused.state, **values)


async def next_step(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn | None) -> Step:
    """The next step of a request. Raises Refused if the person would have to be asked and may not be."""
    if signed_in is None or not request.is_met_by(signed_in.signed_in_at, signed_in.level, now()):
        return _asking(request, _page_of_sign_in(request, signed_in), "login_required")
    if await browsers.lacks_factor(service.database, signed_in):
        return _asking(request, "factor", "login_required")
    if not request.client.first_party:
        async with service.database.acquire() as connection:
            consented = await authorizations.scope_of(connection, signed_in.account, request.client.id)
        if "consent" in request.prompt or not covers(consented, request.scope):
            return _asking(request, "consent", "consent_required")
    return Step(None, await _code(service, request, signed_in))


async def is_met(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn) -> bool:
    """Whether the sign-in is young and sure enough for the client, and for the roles of the person."""
    is_enough = request.is_met_by(signed_in.signed_in_at, signed_in.level, now())
    return is_enough and not await browsers.lacks_factor(service.database, signed_in)


async def consent(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn) -> str:
    """Stores the consent. Returns the client's address with a code."""
    async with browsers.acting(service.database, signed_in.account) as uow:
        await consents.allow(uow, signed_in.account, request.client.id, request.scope)
    return await _code(service, request, signed_in)


def _page_of_sign_in(request: AuthorizationRequest, signed_in: SignedIn | None) -> Literal["sign-in", "factor"]:
    """The page of the second factor, for whoever is signed in and has one, or has just signed in at a provider that
    asks for no second one. Raises Refused for a level that their factors do not reach."""
    if signed_in is None:
        return "sign-in"
    lacks_level = request.lacks_level(signed_in.signed_in_at, signed_in.level)
    if not lacks_level and (request.wants_sign_in or signed_in.best is Level.ONE_FACTOR):
        return "sign-in"
    if signed_in.best is Level.ONE_FACTOR:
        return "factor"
    if not signed_in.best.reaches(request.level):
        error = "unmet_authentication_requirements"
        raise Refused(error, "The person has no such factor.", request.redirect_uri, request.state)
    return "factor"


def _asking(request: AuthorizationRequest, page: Literal["sign-in", "factor", "consent"], error: str) -> Step:
    if request.is_silent:
        raise Refused(error, "The person has to be asked.", request.redirect_uri, request.state)
    return Step(page)


async def _code(service: TokenService, request: AuthorizationRequest, signed_in: SignedIn) -> str:
    bound = request.bound
    asked = codes.Asked(
        request.client.id, request.redirect_uri, bound.challenge, request.scope, bound.nonce, bound.thumbprint
    )
    async with browsers.acting(service.database, signed_in.account) as uow:
        code = await codes.give(uow, signed_in.session, asked)
        await queries.extend(uow.connection, signed_in.session, now() + IDLE)
    return domain.back(request.redirect_uri, service.settings.issuer, request.state, code=code)


async def _read(service: TokenService, arrival: Arrival) -> AuthorizationRequest:
    given = domain.parameters(arrival.query)
    async with service.database.acquire() as connection:
        client = await for_sign_in(connection, domain.client_named(given))
    return domain.read(given, client, arrival, service.settings.issuer)


def _sealer(service: TokenService) -> Sealer:
    return Sealer(service.settings.secret_key.get_secret_value().encode(), "escm authorization requests")
