"""The context of one request, for guards and endpoints."""

from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from starlette.types import Scope

from shared.configuration.settings import Settings
from shared.database.context import AccessContext, writing_everywhere
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.kernel.principal import Principal, RoleTable
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope, access_scope_for

_KEY = "escm.context"


class RequestContext:
    """One request: the caller, their access scope of the route's resource, and for writes the unit of work. `prepared`
    is what was read for it before it opened, which operations find in `uow.scratch`."""

    __slots__ = ("_reads_standby", "_uow", "prepared", "principal", "request", "resource", "roles")

    def __init__(self, request: Request, principal: Principal, resource: Resource, roles: RoleTable) -> None:
        self.request = request
        self.principal = principal
        self.resource = resource
        self.roles = roles
        self.prepared: Mapping[Hashable, Any] = {}
        self._uow: UnitOfWork | None = None
        self._reads_standby: bool | None = None

    @property
    def path(self) -> str:
        """The requested path."""
        return cast(str, self.request.scope["path"])

    @property
    def access(self) -> AccessScope:
        """The caller's access scope of the route's resource."""
        return access_scope_for(self.principal, self.roles, self.resource)

    def access_on(self, resource: Resource) -> AccessScope:
        """The caller's access scope of another resource of the service."""
        return access_scope_for(self.principal, self.roles, resource)

    @property
    def database(self) -> Database:
        """The primary."""
        return cast(Database, self.request.app.state.database)

    @property
    def read_database(self) -> Database:
        """The database that the whole request reads."""
        return cast(Database, self.request.app.state.replica.database) if self.reads_standby else self.database

    @property
    def reads_standby(self) -> bool:
        """Whether the whole request reads the standby: for an anonymous caller, while it is fresh."""
        if self._reads_standby is None:
            replica = self.request.app.state.replica
            self._reads_standby = replica is not None and self.principal.is_anonymous and replica.is_fresh
        return self._reads_standby

    def read_primary(self) -> bool:
        """From now on, the request reads the primary. Whether it read the standby before."""
        before, self._reads_standby = self._reads_standby, False
        return bool(before)

    @property
    def settings(self) -> Settings:
        return cast(Settings, self.request.app.state.settings)

    @property
    def secret(self) -> bytes:
        """The secret of the installation, from which keys are derived."""
        return self.settings.secret_key.get_secret_value().encode()

    @property
    def writing_context(self) -> AccessContext:
        """The row-level security context of the request's transaction."""
        context = self.access.context
        return context if self.settings.rls_on_writes else writing_everywhere(context)

    @property
    def origin(self) -> Origin:
        """The author and the request of this request's changes."""
        state = self.request.scope.get("state", {})
        return Origin(self.principal, state.get("request_id", ""), state.get("traceparent"))

    @property
    def is_writing(self) -> bool:
        """Whether the route opened a unit of work."""
        return self._uow is not None

    @property
    def uow(self) -> UnitOfWork:
        """The unit of work that the route opened. Only routes that write have one."""
        if self._uow is None:
            raise RuntimeError("a route that reads has no unit of work")
        return self._uow

    def attach(self, uow: UnitOfWork) -> None:
        """Called by the route when the transaction is open."""
        self._uow = uow
        uow.scratch.update(self.prepared)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """The unit of work of an endpoint whose route opens it late."""
        async with unit_of_work(self.database, self.writing_context, self.origin) as uow:
            self.attach(uow)
            yield uow
        self.request.app.state.notifier.notify(uow.principals)

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """The unit of work's connection, or one for a read."""
        return self.read_database.acquire() if self._uow is None else nullcontext(self._uow.connection)


def header_of(request: Request, name: bytes) -> str | None:
    """The first header of this name, in lower case, from the mapping that the edge made once."""
    found = request.scope["escm.headers"].get(name)
    return None if found is None else str(found, "latin-1")


def put_request_context(request: Request, ctx: RequestContext) -> None:
    """Makes the context available to the request's dependencies."""
    request.scope[_KEY] = ctx


def forget_request_context(scope: Scope) -> None:
    """Breaks the reference cycle of context and scope at the end of a request, so that both are freed at once and not
    by the garbage collector."""
    scope.pop(_KEY, None)


async def request_context(request: Request) -> RequestContext:
    """The context of the request."""
    return cast(RequestContext, request.scope[_KEY])


CurrentContext = Annotated[RequestContext, Depends(request_context)]
"""The dependency for endpoints and guards."""
