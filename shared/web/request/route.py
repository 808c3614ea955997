"""The route class: authenticates the caller; for every write begins the transaction, stores the response, commits, then
sends."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

import asyncpg
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.auth.client_calls import Operation
from shared.configuration.settings import Settings
from shared.database.pool import SHARE
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import (
    CommittedConflict,
    FieldError,
    Forbidden,
    Malformed,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from shared.kernel.principal import READ, Principal, RoleTable
from shared.kernel.resource import Resource
from shared.web.contract.route_options import NONE, OptionsRouter, RouteOptions
from shared.web.request import idempotency
from shared.web.request.endpoint import Handler, plain_handler
from shared.web.request.idempotency import Claim, Replay
from shared.web.request.replaying import refuse_unreadable
from shared.web.request.request_authenticator import authenticated_principal
from shared.web.request.request_context import RequestContext, put_request_context
from shared.web.request.step_up import require_step_up

_FAULTS_OF_STANDBY = (Unavailable, asyncpg.SerializationError)
"""A lost standby or a statement that writes, and one that it cancelled because rows that it read were removed."""
_ROLLED_BACK = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""A deadlock, and a transaction that cannot be ordered among others. Nothing of it was written."""
_RETRIES = 2
_READS = frozenset({"GET", "HEAD"})
_JSON = ("application/json",)
_PATCH = ("application/merge-patch+json", "application/json")
_FORM = ("multipart/form-data", "application/x-www-form-urlencoded")


async def nothing_before(_ctx: RequestContext) -> None:
    """What most writes do before their transaction opens."""


class ResourceRouter(OptionsRouter):
    """The routes of one resource, under its path or another `prefix`, each guarded: 401 without a token unless it is
    public. `before` runs for each write before its transaction opens, and may set `ctx.prepared`."""

    def __init__(
        self,
        resource: Resource,
        roles: RoleTable,
        prefix: str | None = None,
        before: Callable[[RequestContext], Awaitable[None]] = nothing_before,
        **more: Any,
    ) -> None:
        class ResourceRoute(EscmRoute):
            pass

        ResourceRoute.resource = resource
        ResourceRoute.roles = roles
        ResourceRoute.before = staticmethod(before)
        path = resource.path if prefix is None else prefix
        super().__init__(prefix=path, tags=[resource.plural], route_class=ResourceRoute, **more)


class EscmRoute(APIRoute):
    """One route of a resource. Order of refusals: media type, 401, 429, scope, sign-in, idempotency key, guards, body,
    operation.

    The body is read before the guards run.
    """

    resource: Resource
    roles: RoleTable
    options: RouteOptions = NONE
    before: Callable[[RequestContext], Awaitable[None]] = staticmethod(nothing_before)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        plain = plain_handler(self)
        self.is_plain = plain is not None
        if plain is not None:
            self.app = _sending(self._handler(plain))

    @cached_property
    def operation(self) -> Operation:
        """The operation, as calls of it are counted."""
        name, method = self.operation_id or self.name, min(self.methods or _READS)
        old = self.options.deprecation
        ends = (old.since, old.sunset) if old else (None, None)
        return Operation(self.resource.service, name, method, self.path, *ends)

    def form_limit(self, _settings: Settings) -> int:
        """The maximum number of bytes of a form; 0 for that of any body."""
        return 0

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI calls, if the endpoint is not a plain one."""
        return self._handler(super().get_route_handler())

    def _handler(self, inner: Handler) -> Handler:
        names = frozenset(field.alias for field in self.dependant.query_params)
        names |= frozenset(field.alias for part in self.dependant.dependencies for field in part.query_params)
        names |= self.options.query.all_names
        several = frozenset(name for name, one in self.options.query.filters.items() if one.array)
        media = _media_types(self)
        methods = self.methods or _READS
        reads_standby = methods <= _READS and not self.options.reads_primary
        kind = READ if methods <= _READS else "write"
        keyed = "POST" in methods and self.options.is_keyed

        async def begin(request: Request) -> RequestContext:
            if media and request.headers.get("content-type", "").partition(";")[0].strip().lower() not in media:
                raise UnsupportedMedia(f"Send {' or '.join(media)}.")
            principal = await authenticated_principal(request)
            if principal.is_anonymous and not self.options.is_public:
                raise Unauthenticated(
                    "Authentication is required: send an access token.",
                    headers={"WWW-Authenticate": 'Bearer realm="escm"'},
                )
            _refuse_beyond_scope(principal, self.resource.name, kind)
            await self._admit(request, principal)
            if request.scope["query_string"]:
                join_repeated(request.scope, several)
                refuse_unknown(request, names)
            SHARE.set(self.path)
            ctx = RequestContext(request, principal, self.resource, self.roles)
            if not reads_standby:
                ctx.read_primary()
            put_request_context(request, ctx)
            return ctx

        async def read(request: Request) -> Response:
            ctx = await begin(request)
            try:
                return await inner(request)
            except _FAULTS_OF_STANDBY:
                if not ctx.read_primary():
                    raise
                request.app.state.replica.doubt()
            return await inner(request)

        async def write(request: Request) -> Response:
            ctx = await begin(request)
            claim = await idempotency.claim_for(request, ctx.principal) if keyed else None
            await _read_body(request)
            await self.before(ctx)
            return await _write(inner, ctx, claim)

        return read if methods <= _READS or self.options.opens_late else write

    async def _admit(self, request: Request, principal: Principal) -> None:
        """Raises what `require_step_up` raises, unless the endpoint decides."""
        step_up = self.options.step_up
        if step_up is not None and not step_up.when:
            await require_step_up(request, principal, step_up)


async def _read_body(request: Request) -> None:
    """Reads the whole body first, so that no database connection is in use while it arrives. Files are read by
    UploadRoute."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        await request.body()


async def _write(inner: Handler, ctx: RequestContext, claim: Claim | None) -> Response:
    """The response of a committed effect, or the stored one. A new key is claimed at the beginning of the transaction;
    a known one is looked up in another transaction."""
    try:
        found = await _commit_or_retry(inner, ctx, claim)
    except asyncpg.PostgresError as error:
        if not idempotency.is_met(error):
            raise
        found = await _commit_or_retry(inner, ctx, claim, is_met=True)
    if isinstance(found, Response):
        return found
    await refuse_unreadable(ctx, found)
    return found.response


async def _commit_or_retry(
    inner: Handler, ctx: RequestContext, claim: Claim | None, *, is_met: bool = False
) -> Response | Replay:
    """What `_commit` returns, with two more attempts where PostgreSQL rolled the whole transaction back because it and
    another one waited for each other."""
    for _ in range(_RETRIES):
        with suppress(*_ROLLED_BACK):
            return await _commit(inner, ctx, claim, is_met=is_met)
    return await _commit(inner, ctx, claim, is_met=is_met)


async def _commit(
    inner: Handler, ctx: RequestContext, claim: Claim | None, *, is_met: bool = False
) -> Response | Replay:
    opening = claim.opening if claim and not is_met else ""
    async with unit_of_work(ctx.database, ctx.writing_context, ctx.origin, opening) as uow:
        if claim and is_met and (stored_response := await idempotency.take(uow, claim)):
            return stored_response
        ctx.attach(uow)
        response = await _outcome(inner, ctx.request)
        if claim and isinstance(response, Response) and not getattr(response, "is_preview", False):
            idempotency.store(uow, claim, response)
    ctx.request.app.state.notifier.notify(uow.principals)
    if isinstance(response, CommittedConflict):
        raise response
    return response


async def _outcome(inner: Handler, request: Request) -> Response | CommittedConflict:
    try:
        return await inner(request)
    except CommittedConflict as conflict:
        return conflict


def _sending(handle: Handler) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def join_repeated(scope: Scope, several: frozenset[str]) -> None:
    """Makes one parameter of a filter of several values that is given more than once: of `status=a&status=b`, as many
    clients write a list, `status=a,b`."""
    if not several or b"&" not in scope["query_string"]:
        return
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    if any(len(values[name]) > 1 for name in several & values.keys()):
        others = [(name, value) for name, value in given if name not in several]
        joined = [(name, ",".join(values[name])) for name in values if name in several]
        scope["query_string"] = urlencode(others + joined).encode()


def _refuse_beyond_scope(principal: Principal, resource: str, kind: str) -> None:
    """Raises Forbidden `insufficient_scope` for a client that acts for a person who did not consent to this."""
    if not principal.may_through_client(resource, kind):
        raise Forbidden("The person gave the client no access to this.", code="insufficient_scope")


def refuse_unknown(request: Request, names: frozenset[str]) -> None:
    """Raises Malformed `unknown_parameter` for query parameters that the route does not have."""
    unknown = [name for name in request.query_params if name not in names]
    if unknown:
        raise Malformed(
            "The request has a parameter that this address does not take.",
            code="unknown_parameter",
            errors=[FieldError("unknown_parameter", "Unknown parameter.", parameter=name[:100]) for name in unknown],
        )


def _media_types(route: APIRoute) -> tuple[str, ...]:
    field = route.body_field
    if field is None:
        return ()
    if type(field.field_info).__name__ in ("Form", "File"):
        return _FORM
    return _PATCH if "PATCH" in (route.methods or ()) else _JSON
