"""Reading and storing codes."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from services.access.principals.codes.tables import code
from services.access.principals.sessions.tables import best_level, session
from shared.database.statements import Connection, Row, Statement

_STORED = ("digest", "browser_session", "client", "redirect_uri", "challenge", "scope", "nonce", "bound_to", "until")
SIGN_IN = (
    session.c.account_id,
    *(session.c[name] for name in ("signed_in_at", "acr", "amr", "provider", "provider_sid", "ends_at")),
    best_level(session.c.account_id),
    (session.c.status == "active").label("is_signed_in"),
)
"""The sign-in of the browser of a code, for `sign_in_of`."""
_ADD = Statement(insert(code).values({name: bindparam(name) for name in _STORED}))
_TAKE = Statement(
    select(
        *(code.c[name] for name in _STORED if name != "digest"),
        code.c.used_at,
        code.c.given,
        *SIGN_IN,
    )
    .select_from(code.join(session, session.c.id == code.c.browser_session))
    .where(code.c.digest == bindparam("digest"))
    .with_for_update(of=code)
)
_USE = Statement(
    update(code).where(code.c.digest == bindparam("key")).values(used_at=func.now(), given=bindparam("session"))
)
_DELETE = Statement(delete(code).where(code.c.until < bindparam("before")))


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in of a browser: of whom, when, how surely, by which methods and at which provider, and the highest
    level that the account can reach. It ends at `ends_at`. `is_signed_in`: the person still is, there."""

    account_id: UUID
    signed_in_at: datetime | None
    acr: str | None
    amr: list[str] | None
    provider: UUID | None
    provider_sid: str | None
    ends_at: datetime
    best: str
    is_signed_in: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A stored code, with the sign-in of its browser."""

    client: UUID
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str | None
    bound_to: str | None
    until: datetime
    used_at: datetime | None
    given: UUID | None
    sign_in: SignIn


async def add(connection: Connection, **values: object) -> None:
    """Stores a code."""
    await _ADD.execute(connection, **values)


async def take(connection: Connection, digest: bytes) -> Code | None:
    """The code, locked; None for an unknown one."""
    row = await _TAKE.fetchrow(connection, digest=digest)
    if row is None:
        return None
    names = [each.name for each in fields(Code) if each.name != "sign_in"]
    return Code(**{name: row[name] for name in names}, sign_in=sign_in_of(row))


def sign_in_of(row: Row) -> SignIn:
    """The sign-in of a row with the columns of `SIGN_IN`."""
    return SignIn(**{each.name: row[each.name] for each in fields(SignIn)})


async def use(connection: Connection, digest: bytes, session: UUID | None) -> None:
    """Records, by the database's clock, that the code was used, and for which session."""
    await _USE.execute(connection, key=digest, session=session)


async def delete_expired(connection: Connection, before: datetime) -> None:
    """Deletes codes that expired before."""
    await _DELETE.execute(connection, before=before)
