"""The sign-in that changing how one signs in needs."""

from services.access.federation.identities.operations import is_recent
from services.access.principals.sessions import queries
from services.access.principals.sessions.guards import current_session
from shared.kernel.errors import Unauthenticated
from shared.web.request.request_context import RequestContext


async def require_recent_sign_in(ctx: RequestContext) -> None:
    """Raises Unauthenticated `insufficient_user_authentication` (RFC 9470) if the person signed in more than five
    minutes ago. A session that a password opened at the token endpoint says nothing of that, and passes."""
    session = await current_session(ctx)
    async with ctx.connection() as connection:
        at = await queries.signed_in_at(connection, session) if session else None
    if not is_recent(at):
        challenge = 'Bearer realm="escm", error="insufficient_user_authentication", max_age="300"'
        raise Unauthenticated(
            "Sign in again, then repeat.",
            code="insufficient_user_authentication",
            members={"max_age": 300},
            headers={"WWW-Authenticate": challenge},
        )
