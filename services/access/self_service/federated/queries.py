"""Storing who is on the way to an identity provider."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert

from services.access.self_service.federated.tables import start
from shared.database.statements import Connection, Statement

_ADD = Statement(insert(start).values({column.name: bindparam(column.name) for column in start.c}))
_TAKE = Statement(
    delete(start)
    .where(
        start.c.digest == bindparam("digest"),
        start.c.browser == bindparam("browser"),
        start.c.provider == bindparam("provider"),
        start.c.until > bindparam("at"),
    )
    .returning(start.c.request, start.c.account_id, start.c.invitation)
)
_DELETE = Statement(delete(start).where(start.c.until < bindparam("at")))


@dataclass(frozen=True, slots=True)
class Start:
    """What somebody went to a provider for: to go on with the request of a client, to link an identity with their
    account, or to use an invitation."""

    request: str | None
    account_id: UUID | None = None
    invitation: bytes | None = None


async def add(connection: Connection, went_for: Start, **values: object) -> None:
    """Stores a start."""
    named = {name: getattr(went_for, name) for name in ("request", "account_id", "invitation")}
    await _ADD.execute(connection, **named, **values)


async def take(connection: Connection, digest: bytes, browser: bytes, provider: UUID, at: datetime) -> Start | None:
    """The start with this state, in the browser and at the provider where it began; it is used up."""
    row = await _TAKE.fetchrow(connection, digest=digest, browser=browser, provider=provider, at=at)
    return Start(**row) if row else None


async def delete_expired(connection: Connection, at: datetime) -> None:
    """Deletes starts of people who did not come back in time."""
    await _DELETE.execute(connection, at=at)
