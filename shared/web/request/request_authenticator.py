"""The principal of a request, counted against its rate limit.

Each client or key, each account, and each address without a token has a limit. A token that is not valid counts against
its address. `RateLimit-Policy` and `RateLimit` of every authenticated response and of every 429 show the rest, as in
draft-ietf-httpapi-ratelimit-headers-10.
"""

from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

from fastapi import FastAPI, Request
from starlette.types import Scope

from shared.auth.api_keys import PREFIX
from shared.auth.keys import InvalidToken
from shared.auth.proofs import InvalidProof, NonceNeeded
from shared.auth.proofs import Request as Asked
from shared.auth.tokens import Bearer
from shared.configuration.settings import Settings
from shared.kernel.addresses import may_come_from, site_of
from shared.kernel.errors import Forbidden, Gone, RateLimited, Unauthenticated
from shared.kernel.principal import ANONYMOUS, Principal, PrincipalKind
from shared.ratelimit.leased import LeasedRateLimiter
from shared.ratelimit.limiter import Limit, RateLimiter, RateLimitState
from shared.web.request import links
from shared.web.request.proofs import proof_checks
from shared.web.request.request_context import header_of
from shared.web.request.watching import record_request

FIELDS = "escm.rate_limit"
"""The key in a request's scope of the headers of its response."""
BASIC_USER = "key"
"""The name with which an API key is the password of HTTP Basic."""
_PRINCIPAL = "escm.principal"


class RequestAuthenticator:
    """Authenticates requests within the rate limits of the settings. One per app."""

    def __init__(self, settings: Settings, leased_limiter: LeasedRateLimiter, rate_limiter: RateLimiter) -> None:
        of_client = Limit("client", settings.client_requests)
        self._limits: Mapping[PrincipalKind, Limit] = MappingProxyType(
            {
                PrincipalKind.CLIENT: of_client,
                PrincipalKind.KEY: of_client,
                PrincipalKind.ACCOUNT: Limit("account", settings.account_requests),
                PrincipalKind.ANONYMOUS: Limit("address", settings.address_requests),
            }
        )
        self._secret = settings.secret_key.get_secret_value().encode()
        self._failures = Limit("failed", settings.failed_authentications)
        self._leased_limiter = leased_limiter
        self._rate_limiter = rate_limiter
        self._proofs = proof_checks(settings, rate_limiter)

    async def principal(self, request: Request) -> Principal:
        """The caller; counted once a request. Anonymous without an `Authorization` header.

        Raises InvalidToken for an invalid token, RateLimited if the caller's limit is used up.
        """
        scope = request.scope
        known: Principal | None = scope.get(_PRINCIPAL)
        if known is None:
            known = scope[_PRINCIPAL] = await self._authenticated(request)
            if known.is_break_glass:
                await record_request(request, known)
            key = site(request) if known.is_anonymous else known.label
            await self._count(request, self._limits[known.kind], key, is_reported=not known.is_anonymous)
        return known

    async def anonymous(self, request: Request) -> None:
        """Counts a request that authenticates by other means than a token. Raises RateLimited."""
        await self._count(request, self._limits[PrincipalKind.ANONYMOUS], site(request), is_reported=True)

    async def _count(self, request: Request, limit: Limit, key: str, *, is_reported: bool) -> None:
        """Does not report the rest to anonymous callers, because caches may store their responses."""
        state = await self._leased_limiter.take(limit, key)
        if is_reported or not state.is_allowed:
            put_fields(request, limit, state)
        if not state.is_allowed:
            raise RateLimited("Too many requests. Try again later.", retry_after=state.resets_in)

    async def _authenticated(self, request: Request) -> Principal:
        authenticator = request.app.state.authenticator
        try:
            if (linked := links.opened(request.scope, self._secret)) is not None:
                principal: Principal = await authenticator.principal_of_kind(linked.kind, linked.caller)
            elif (header := authorization_of(request)) is not None:
                principal = await self._of_header(request, header)
            else:
                return ANONYMOUS
            _refuse_elsewhere(principal, request)
        except NonceNeeded:
            await self.anonymous(request)
            raise
        except (Unauthenticated, Forbidden, Gone):
            await self._rate_limiter.require(self._failures, site(request))
            raise
        return principal

    async def _of_header(self, request: Request, header: str) -> Principal:
        """The principal of a token, with the proof of its key if it is bound to one."""
        found: Bearer = await request.app.state.authenticator.bearer(header)
        if found.bound_to is not None:
            address = f"{self._proofs.origin}{request.scope['raw_path'].decode('latin-1')}"
            asked = Asked(request.method, address, header.partition(" ")[2])
            if await self._proofs.thumbprint(header_of(request, b"dpop") or "", asked) != found.bound_to:
                raise InvalidProof
        return found.principal


def authorization_of(request: Request) -> str | None:
    """The `Authorization` header. In a read, an API key that is the password of HTTP Basic becomes a bearer token."""
    header = header_of(request, b"authorization")
    scheme, _, content = (header or "").partition(" ")
    if scheme.lower() != "basic" or request.method != "GET":
        return header
    try:
        user, _, password = b64decode(content, validate=True).decode("ascii").partition(":")
    except ValueError:
        return header
    return f"Bearer {password}" if user == BASIC_USER and password.startswith(PREFIX) else header


def _refuse_elsewhere(principal: Principal, request: Request) -> None:
    """Raises InvalidToken if the principal may not call from the caller's address."""
    if principal.ip_allow and not may_come_from(request.client.host if request.client else "", principal.ip_allow):
        raise InvalidToken


def site(request: Request) -> str:
    """The key under which the request's address is counted."""
    return site_of(request.client.host) if request.client else ""


def put_fields(request: Request, limit: Limit, state: RateLimitState) -> None:
    """Passes the rate limit headers of the response to the edge."""
    request.scope[FIELDS] = limit.fields(state)


def principal_of(scope: Scope) -> Principal | None:
    """The principal that sent a request; None if it is unknown or anonymous."""
    found: Principal | None = scope.get(_PRINCIPAL)
    return None if found is None or found.is_anonymous else found


def request_authenticator_of(request: Request) -> RequestAuthenticator:
    """The authenticator of the request's app."""
    found: RequestAuthenticator = request.app.state.request_authenticator
    return found


async def authenticated_principal(request: Request) -> Principal:
    """The principal of the request, within the app's limits. Raises what `RequestAuthenticator.principal` raises."""
    return await request_authenticator_of(request).principal(request)


@asynccontextmanager
async def request_authenticator(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.request_authenticator` and `app.state.rate_limiter` while the app runs."""
    settings = app.state.settings
    leased_limiter = LeasedRateLimiter(settings.redis_url)
    app.state.rate_limiter = rate_limiter = RateLimiter(settings.redis_url)
    app.state.request_authenticator = RequestAuthenticator(settings, leased_limiter, rate_limiter)
    try:
        yield
    finally:
        await leased_limiter.close()
        await rate_limiter.close()
