"""How often mails may be asked for, and tokens be tried."""

import hashlib

from services.access.accounts.domain import email_key
from services.access.tokens.operations import TokenDesk
from shared.auth.throttle import Limit
from shared.web.call import Call

_PER_ADDRESS = Limit("mail_to", 5, 3600)
_PER_CALLER = Limit("mail_from", 60)


async def limit_mails(call: Call, email: str) -> None:
    """Counts a mail. Raises RateLimited after 60 a minute from one place or five an hour to one address, known or
    not."""
    throttle = _desk(call).throttle
    await throttle.require(_PER_CALLER, _caller(call))
    await throttle.require(_PER_ADDRESS, hashlib.sha256(email_key(email).encode()).hexdigest())


async def limit_tries(call: Call) -> None:
    """Counts a token that is tried. Raises RateLimited as for failed authentications."""
    desk = _desk(call)
    await desk.throttle.require(Limit("mailed_token", desk.settings.failed_authentications), _caller(call))


def _desk(call: Call) -> TokenDesk:
    desk: TokenDesk = call.request.app.state.desk
    return desk


def _caller(call: Call) -> str:
    return call.request.client.host if call.request.client else ""
