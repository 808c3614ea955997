"""The factory of every service's app: the edge, the dispatch, health, OpenAPI, and the resources of the process."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request
from fastapi.telemetry import TelemetryConfig
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.configuration.settings import Settings
from shared.kernel.gc_tuning import freeze_started
from shared.messaging.notifier import Notifier
from shared.web.contract import openapi
from shared.web.contract.route_options import options_of
from shared.web.edge.compression import Compression
from shared.web.edge.cors import CrossOrigin
from shared.web.edge.dispatch import Dispatch
from shared.web.edge.fixed import fixed_response
from shared.web.edge.health import Readiness, health_routes
from shared.web.edge.middleware import Edge
from shared.web.edge.problems import Respond, respond_to
from shared.web.edge.security_events import SecurityEvents
from shared.web.request.databases import open_primary, replica

Holding: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""A resource of a service that is open while the app runs, and is stored in `app.state`."""
Describing: TypeAlias = Callable[[dict[str, Any]], None]
"""Completes the OpenAPI document of a service."""
_TAGS = {
    "imports": "Files of records, checked row by row and written in the background.",
    "exports": "Records as a file, written in the background.",
    "links": "Addresses of one file that a browser fetches without a token.",
    "jobs": "Work in the background: how far it is and what came of it.",
    "health": "For load balancers and operators.",
}


class Notifying(Protocol):
    """Notifies the relay that facts were committed, and all processes whose grants changed. A notification never waits
    and never fails."""

    def notify(self, principals: Collection[UUID] = ()) -> None: ...

    def forgetting(self, forget: Callable[[Collection[UUID]], None]) -> None: ...

    async def ping(self) -> bool: ...


class Application(FastAPI):
    """A service's app. Requests pass the edge and the dispatch. FastAPI's own middleware is omitted, because its layers
    would repeat the same work."""

    def __init__(
        self,
        service: str,
        settings: Settings,
        respond: Respond = respond_to,
        describing: Sequence[Describing] = (),
        **more: Any,
    ) -> None:
        self.service = service
        self.settings = settings
        self.respond = respond
        self._describing = describing
        silent = TelemetryConfig(tracing=False, metrics=False, logs=False)
        super().__init__(openapi_url=None, docs_url=None, redoc_url=None, telemetry=silent, **more)

    def build_middleware_stack(self) -> ASGIApp:
        """Called once, at the first request or the start."""
        inner: ASGIApp = self.dispatch
        for middleware in reversed(self.user_middleware):
            inner = middleware.cls(inner, *middleware.args, **middleware.kwargs)
        settings = self.settings
        if settings.is_compressing:
            inner = Compression(inner)
        origins = CrossOrigin(
            settings.cors_origins,
            loopback=settings.environment == "laptop",
            open_paths=[r.path_regex for r in self.routes if isinstance(r, Route) and options_of(r).is_cross_origin],
        )
        security = SecurityEvents(self.service, settings.secret_key.get_secret_value().encode())
        return Edge(
            inner,
            self.router,
            origins,
            service=self.service,
            is_logging=settings.request_log,
            security=security,
            respond=self.respond,
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        """Responds to a request that passed the edge. Created at the first request, when all routes are registered."""
        return Dispatch(self.routes, self.settings.body_seconds)

    def openapi(self) -> dict[str, Any]:
        """The service's description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.describe(self, self.service)
            for describe in self._describing:
                describe(self.openapi_schema)
        return self.openapi_schema


def _over_valkey(settings: Settings) -> AbstractAsyncContextManager[Notifying]:
    return Notifier(settings.redis_url)


def _own_document(app: Application) -> bytes:
    return openapi.render(app.openapi())


def create_app(
    service: str,
    settings: Settings,
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str = "",
    tags: Mapping[str, str] = MappingProxyType({}),
    open_notifier: Callable[[Settings], AbstractAsyncContextManager[Notifying]] = _over_valkey,
    holding: Sequence[Holding] = (),
    has_database: bool = True,
    prefix: str | None = None,
    document: Callable[[Application], bytes] = _own_document,
    respond: Respond = respond_to,
    describing: Sequence[Describing] = (),
) -> Application:
    """The app of one service: the given routes, its health and its OpenAPI document.

    While it runs, `app.state` holds `settings`, `database` (the service's own role), `replica`, `notifier`,
    `readiness`, and the resources of `holding`; without a database there is no replica and no notifier. `tags`
    describes each kind of record. Routes carry their full prefix, which is `/<service>/v1` by default. `respond` makes
    the responses for failures, `describing` complete the OpenAPI document.
    """
    prefix = f"/{service}/v1" if prefix is None else prefix

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = notifier = None
            if has_database:
                database = await open_primary(settings, size=settings.pool_size)
                stack.push_async_callback(database.close)
                notifier = await stack.enter_async_context(open_notifier(settings))
            app.state.database, app.state.notifier = database, notifier
            if database is not None:
                await stack.enter_async_context(replica(app))
            app.state.readiness = Readiness(database, notifier)
            for resource in holding:
                await stack.enter_async_context(resource(app))
            freeze_started()
            yield

    app = Application(
        service,
        settings,
        respond,
        describing,
        title=title,
        description=description,
        version="1.0.0",
        openapi_tags=[{"name": name, "description": text} for name, text in {**tags, **_TAGS}.items()],
        lifespan=lifespan,
    )
    app.state.settings = settings
    for router in (*routers, health_routes(service, prefix)):
        app.router.routes.extend(router.routes)

    described_once = cache(lambda: document(app))

    async def described(request: Request) -> Response:
        return fixed_response(request, described_once(), "application/json", {"Cache-Control": "public, max-age=300"})

    app.add_route(f"{prefix}/openapi.json", described, include_in_schema=False)
    return app
