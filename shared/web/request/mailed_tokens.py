"""Limits requests for mails, and attempts to use mailed tokens."""

import hashlib

from fastapi import Response

from shared.kernel.text import email_key
from shared.ratelimit.limiter import Limit
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_authenticator import site
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import JSON

BY_MAILED_TOKEN = RouteOptions(is_public=True, is_keyed=False, problems=("token_not_valid",))
"""The options of a route that takes the token of a mail."""
_PER_PLACE = Limit("mail_to", 5, 3600)
_PER_MAILBOX = Limit("mailbox", 20, 3600)
"""Mails of one kind to one address in an hour. When the limit is spent, the owner has mails with valid tokens."""


def mail_is_on_its_way() -> Response:
    """The response to a request for a mail, whether or not there is one."""
    return Response(b"{}", 202, media_type=JSON)


async def limit_tries(ctx: RequestContext) -> None:
    """Counts an attempt. Raises RateLimited as for failed authentications."""
    limit = Limit("mailed_token", ctx.settings.failed_authentications)
    await ctx.request.app.state.rate_limiter.require(limit, site(ctx.request))


async def may_mail(ctx: RequestContext, requests: int, letter: str, email: str) -> bool:
    """Whether one more mail of this kind may go to the address, known or not. Callers send the same response in both
    cases.

    Raises RateLimited after this number of `requests` a minute from one network address, or five an hour from one
    network address for one mail address: nobody uses up the requests of others.
    """
    rate_limiter, place = ctx.request.app.state.rate_limiter, site(ctx.request)
    await rate_limiter.require(Limit("mail_from", requests), place)
    mailbox = hashlib.sha256(email_key(email).encode()).hexdigest()
    await rate_limiter.require(_PER_PLACE, f"{mailbox}:{place}")
    is_left: bool = await rate_limiter.hit(_PER_MAILBOX, f"{letter}:{mailbox}")
    return is_left
