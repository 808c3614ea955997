"""Records each request of the break-glass account, before it is served."""

from uuid import UUID

from fastapi import Request

from shared.auth.tokens import Bearer
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.principal import BREAK_GLASS, Principal
from shared.kernel.resource import Resource
from shared.records.accesses import record_access
from shared.web.request.request_context import header_of

REQUEST = "request"
"""The action of the entry, whose subject is the session."""


async def record_request(
    request: Request, principal: Principal, resource: Resource, session: UUID | None = None
) -> None:
    """Appends an entry with method, path and query in a transaction of its own, so that it stays if the request fails.
    Without a session it is that of the token."""
    state = request.scope.get("state", {})
    origin = Origin(principal, state.get("request_id", ""), state.get("traceparent"))
    details = {
        "method": request.method,
        "path": request.scope["path"],
        "query": request.scope["query_string"].decode("latin-1"),
    }
    async with unit_of_work(request.app.state.database, SYSTEM_CONTEXT, origin) as uow:
        record_access(uow, resource, REQUEST, session or await _session_of(request) or BREAK_GLASS, details)
    request.app.state.notifier.notify(uow.principals)


async def _session_of(request: Request) -> UUID | None:
    header = header_of(request, b"authorization")
    bearer: Bearer | None = await request.app.state.authenticator.bearer(header) if header else None
    return bearer.claims.session if bearer and bearer.claims else None
