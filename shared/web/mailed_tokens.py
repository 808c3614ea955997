"""Limits attempts to use mailed tokens."""

from shared.ratelimit.limiter import Limit
from shared.web.request_authenticator import site
from shared.web.request_context import RequestContext


async def limit_tries(ctx: RequestContext) -> None:
    """Counts an attempt. Raises RateLimited as for failed authentications."""
    limit = Limit("mailed_token", ctx.settings.failed_authentications)
    await ctx.request.app.state.rate_limiter.require(limit, site(ctx.request))
