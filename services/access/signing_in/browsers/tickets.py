"""Tickets of people who proved their password and have yet to prove a second factor.

A ticket is part of the address of a page. It is sealed, for the browser that got it, for ten minutes, and worth nothing
once the password has changed.
"""

import hashlib
from uuid import UUID

import orjson

from services.access.principals.accounts import queries as accounts
from services.access.principals.accounts.record import Account
from services.access.settings import AccessSettings
from shared.configuration.sealing import Sealer
from shared.database.statements import Connection
from shared.kernel.clock import now

_LIFE = 600


def issue(settings: AccessSettings, cookie: str, account: Account) -> str:
    """A ticket for the browser with this cookie."""
    content = orjson.dumps([str(account.id), now().timestamp(), _mark(account)])
    return _sealer(settings).seal_text(content, cookie)


async def account_of(settings: AccessSettings, connection: Connection, cookie: str, ticket: str) -> Account | None:
    """The account of a ticket; None for one that is over, or of another browser."""
    content = _sealer(settings).open_text(ticket, cookie)
    if content is None:
        return None
    account, issued, mark = orjson.loads(content)
    if not 0 <= now().timestamp() - issued <= _LIFE:
        return None
    found = await accounts.usable(connection, UUID(account))
    return found if found is not None and found.status == "active" and _mark(found) == mark else None


def _mark(account: Account) -> str:
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()[:16]


def _sealer(settings: AccessSettings) -> Sealer:
    return Sealer(settings.secret_key.get_secret_value().encode(), "escm tickets of second factors")
