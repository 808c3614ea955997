"""Reading and storing in which browsers people are signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from services.access.principals.accounts.tables import account
from services.access.principals.sessions.tables import best_level, browser, session
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.step_up import Level, level_of

_FIND = Lookup(
    select(
        session.c.id.label("session"),
        session.c.account_id.label("account"),
        session.c.signed_in_at,
        session.c.acr,
        session.c.amr,
        session.c.provider,
        session.c.provider_sid,
        best_level(session.c.account_id),
        account.c.name,
        account.c.email,
        account.c.language,
    )
    .select_from(
        browser.join(session, session.c.id == browser.c.session_id).join(account, account.c.id == session.c.account_id)
    )
    .where(
        browser.c.digest == bindparam("digest"),
        browser.c.until > func.now(),
        session.c.status == "active",
        session.c.ends_at > func.now(),
        account.c.status == "active",
    )
    .limit(1)
)
_ADD = Statement(insert(browser).values({name: bindparam(name) for name in ("digest", "session_id", "until")}))
_EXTEND = Statement(
    update(browser).where(browser.c.session_id == bindparam("session")).values(until=bindparam("later"))
)
_DELETE = Statement(delete(browser).where(browser.c.session_id == bindparam("session")))


_GIVEN = ("session", "account", "signed_in_at", "name", "email", "language", "provider", "provider_sid")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in in a browser, in which session, since when and how; `best` is the highest level that they can
    reach. `provider` is where they signed in first, if not here, and `provider_sid` their session there."""

    session: UUID
    account: UUID
    signed_in_at: datetime
    level: Level
    methods: tuple[str, ...]
    best: Level
    name: str
    email: str
    language: str
    provider: UUID | None
    provider_sid: str | None


async def find(connection: Connection, digest: bytes) -> SignedIn | None:
    """Who is signed in in the browser with this cookie; None for nobody."""
    row = await _FIND.fetchrow(connection, digest=digest)
    return _signed_in(row) if row else None


def _signed_in(row: Row) -> SignedIn:
    given = {name: row[name] for name in _GIVEN}
    methods = tuple(row["amr"] or ("pwd",))
    return SignedIn(level=level_of(row["acr"]), methods=methods, best=Level(row["best"]), **given)


async def add(connection: Connection, digest: bytes, session: UUID, until: datetime) -> None:
    """Stores the cookie of a session."""
    await _ADD.execute(connection, digest=digest, session_id=session, until=until)


async def extend(connection: Connection, session: UUID, until: datetime) -> None:
    """Lets the cookie be used until a later time."""
    await _EXTEND.execute(connection, session=session, later=until)


async def remove(connection: Connection, session: UUID) -> None:
    """Deletes the cookie of a session."""
    await _DELETE.execute(connection, session=session)
