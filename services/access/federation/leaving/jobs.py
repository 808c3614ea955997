"""Telling clients that the session of a person ended (OpenID Connect Back-Channel Logout, 2.5)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.access.principals.sessions import queries
from services.access.principals.sessions.operations import TELL_CLIENT
from services.access.principals.tokens.domain import FORM
from services.access.principals.tokens.signing import SigningKeys
from services.access.settings import AccessSettings
from shared.egress.sender import Sender
from shared.kernel.errors import Unavailable
from shared.messaging.job_run import JobHandlers, JobRun

_TRIES = 3


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handler that tells a client of the end of a session."""

    async def tell(run: JobRun) -> dict[str, Any]:
        """Sends a logout token to the client of a session, three times at most."""
        session = UUID(run.payload["session"])
        async with run.database.acquire() as connection:
            target = await queries.to_tell(connection, session)
        if target is None:
            return {"sent": False}
        token = await SigningKeys(run.database, settings).logout_token(
            target["client_id"], target["account_id"], session
        )
        body = urlencode({"logout_token": token}).encode()
        async with Sender(settings) as sender:
            answer = await sender.post(target["address"], {"Content-Type": FORM}, body)
        if answer.fault is not None and run.attempt < _TRIES:
            raise Unavailable("The client does not take the logout token.", code="upstream_unavailable")
        return {"sent": answer.fault is None, "fault": answer.fault}

    return {TELL_CLIENT: tell}
