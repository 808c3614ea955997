"""Sessions over HTTP. Ending one can be repeated safely, so that it requires no precondition."""

import orjson
from fastapi import Response

from services.access.access import ROLES
from services.access.principals.sessions import operations, queries
from services.access.principals.sessions.guards import account_to_end, chosen_account, current_session
from services.access.principals.sessions.operations import SESSIONS
from services.access.principals.sessions.schemas import EndedSessions, SessionPage, present
from shared.kernel.clock import now
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SESSIONS.resource, ROLES)
_ACCOUNT = {"account_id": "The id of another account, for callers who may read its sessions; default: the caller's."}


@router.get(
    "",
    options=RouteOptions(query=query_of(described=_ACCOUNT)),
    operation_id="listSessions",
    summary="List where one is signed in",
    responses={200: {"model": SessionPage}},
)
async def list_sessions(ctx: CurrentContext) -> Response:
    """The caller's sessions; with `account_id` those of another account, for authorized callers."""
    account, current = chosen_account(ctx, "read"), await current_session(ctx)
    async with ctx.connection() as connection:
        rows = await queries.living(connection, account, now()) if account else []
    items = [present(row, current) for row in rows]
    return Response(orjson.dumps({"items": items, "next": None}), 200, None, JSON)


@router.delete(
    "",
    options=RouteOptions(query=query_of(described=_ACCOUNT)),
    operation_id="endSessions",
    summary="Sign out everywhere else",
    responses={200: {"model": EndedSessions}},
)
async def end_sessions(ctx: CurrentContext) -> Response:
    """Ends all sessions of the caller except the one of the request; with `account_id` all of another account, for
    authorized callers."""
    account, current = chosen_account(ctx, "end"), await current_session(ctx)
    ended = await operations.end_all(ctx.uow, account, besides=current) if account else 0
    return Response(orjson.dumps({"ended": ended}), 200, None, JSON)


@router.delete("/{session}", status_code=204)
async def end_session(session: str, ctx: CurrentContext) -> Response:
    """Sign out of one session.

    Its refresh token and its access tokens end.
    """
    account, chosen = await account_to_end(ctx, session, queries.account_of, "session")
    await operations.end(ctx.uow, account, chosen)
    return Response(status_code=204)
