"""Rate limits of mails and of tries with tokens."""

import hashlib

from services.access.tokens.operations import TokenService
from shared.kernel.text import email_key
from shared.ratelimit.limiter import Limit
from shared.web.request_authenticator import site
from shared.web.request_context import RequestContext

_PER_PLACE = Limit("mail_to", 5, 3600)
_PER_MAILBOX = Limit("mailbox", 20, 3600)
"""Mails of one kind to one address in an hour. A token is valid as long: when the limit is spent, the owner has mails
with valid tokens."""


async def may_mail(ctx: RequestContext, letter: str, email: str) -> bool:
    """Whether one more mail of this kind may go to the address, known or not. Callers send the same response in both
    cases.

    Raises RateLimited after `mail_requests` a minute from one network address, or five an hour from one network address
    for one mail address: nobody uses up the requests of others.
    """
    token_service, place = _token_service_of(ctx), site(ctx.request)
    rate_limiter = token_service.rate_limiter
    await rate_limiter.require(Limit("mail_from", token_service.settings.mail_requests), place)
    mailbox = hashlib.sha256(email_key(email).encode()).hexdigest()
    await rate_limiter.require(_PER_PLACE, f"{mailbox}:{place}")
    return await rate_limiter.hit(_PER_MAILBOX, f"{letter}:{mailbox}")


def _token_service_of(ctx: RequestContext) -> TokenService:
    token_service: TokenService = ctx.request.app.state.token_service
    return token_service
