"""Reading and storing codes of devices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.access.principals.clients.tables import client
from services.access.principals.codes.queries import SIGN_IN, SignIn, sign_in_of
from services.access.principals.devices.domain import Decision
from services.access.principals.devices.tables import device
from services.access.principals.sessions.tables import session
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement

_STORED = ("id", "digest", "user_digest", "client", "scope", "network", "asked_at", "until", "pause")
_ADD = Statement(
    insert(device).values({name: bindparam(name) for name in _STORED}).on_conflict_do_nothing().returning(device.c.id)
)
_is_undecided = (
    device.c.user_digest == bindparam("user_digest"),
    device.c.decision.is_(None),
    device.c.until > bindparam("at"),
)
_WAITING = Lookup(
    select(device.c.asked_at, device.c.network, client.c.name)
    .join(client, client.c.id == device.c.client)
    .where(*_is_undecided)
    .limit(1)
)
_DECIDE = Statement(
    update(device)
    .where(*_is_undecided)
    .values(decision=bindparam("decided"), browser_session=bindparam("session"))
    .returning(device.c.id, device.c.network)
)
_TAKE = Statement(
    select(
        *(device.c[name] for name in ("id", "client", "scope", "until", "pause", "polled_at", "decision")),
        device.c.used_at,
        device.c.given,
        *SIGN_IN,
    )
    .select_from(device.outerjoin(session, session.c.id == device.c.browser_session))
    .where(device.c.digest == bindparam("digest"))
    .with_for_update(of=device)
)
_POLLED = Statement(
    update(device)
    .where(device.c.id == bindparam("key"))
    .values(polled_at=bindparam("at"), pause=bindparam("next_pause"))
)
_USE = Statement(
    update(device).where(device.c.id == bindparam("key")).values(used_at=func.now(), given=bindparam("session"))
)
_DELETE = Statement(delete(device).where(device.c.until < bindparam("before")))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits for a decision: of which client, since when, in which network."""

    client: str
    asked_at: datetime
    network: str


@dataclass(frozen=True, slots=True)
class Device:
    """A stored code, with the sign-in of the browser in which a person decided."""

    id: UUID
    client: UUID
    scope: str
    until: datetime
    pause: int
    polled_at: datetime | None
    decision: Decision | None
    used_at: datetime | None
    given: UUID | None
    sign_in: SignIn | None


async def add(connection: Connection, **values: object) -> bool:
    """Stores a code. False if another device has the same."""
    return await _ADD.fetchval(connection, **values) is not None


async def waiting(connection: Connection, user_digest: bytes, at: datetime) -> Waiting | None:
    """The device whose code waits for a decision."""
    row = await _WAITING.fetchrow(connection, user_digest=user_digest, at=at)
    return Waiting(row["name"], row["asked_at"], row["network"]) if row else None


async def decide(
    connection: Connection, user_digest: bytes, decision: Decision, session: UUID, at: datetime
) -> tuple[UUID, str] | None:
    """Stores what a person decided. Returns the id of the code and its network; None if it waits no longer."""
    row = await _DECIDE.fetchrow(connection, user_digest=user_digest, decided=decision, session=session, at=at)
    return (row["id"], row["network"]) if row else None


async def take(connection: Connection, digest: bytes) -> Device | None:
    """The code, locked; None for an unknown one."""
    row = await _TAKE.fetchrow(connection, digest=digest)
    if row is None:
        return None
    names = ("id", "client", "scope", "until", "pause", "polled_at", "decision", "used_at", "given")
    return Device(**{name: row[name] for name in names}, sign_in=sign_in_of(row) if row["account_id"] else None)


async def note_poll(connection: Connection, key: UUID, at: datetime, pause: int) -> None:
    """Records when the device asked, and how long it has to wait from now on."""
    await _POLLED.execute(connection, key=key, at=at, next_pause=pause)


async def use(connection: Connection, key: UUID, session: UUID | None) -> None:
    """Records, by the database's clock, that the code was used, and for which session."""
    await _USE.execute(connection, key=key, session=session)


async def delete_expired(connection: Connection, before: datetime) -> None:
    """Deletes codes that expired before."""
    await _DELETE.execute(connection, before=before)
