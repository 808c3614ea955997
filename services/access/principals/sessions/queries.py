"""Reading sessions and their refresh tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, delete, exists, func, insert, or_, select, text, update

from services.access.principals.sessions.domain import MOST_LIVING, OVERLAP
from services.access.principals.sessions.record import Session
from services.access.principals.sessions.tables import best_level, browser, client, provider, refresh_token, session
from services.access.principals.usage import used_at
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.step_up import Level
from shared.records.columns import renderer
from shared.records.rows import record_of, records_of

COLUMNS = {
    **{name: session.c[name] for name in ("id", "ref", "account_id", "label", "created_at", "ends_at", "acr", "amr")},
    "client": select(client.c.client_id).where(client.c.id == session.c.client).scalar_subquery().label("client"),
    "client_name": select(client.c.name).where(client.c.id == session.c.client).scalar_subquery().label("client_name"),
    "provider": select(provider.c.code).where(provider.c.id == session.c.provider).scalar_subquery().label("provider"),
    "last_used": used_at("session", session.c.id),
}
render = renderer(COLUMNS)
_is_living = session.c.status == "active"
_of_account = session.c.account_id == bindparam("account")
_LIVING = Lookup(
    select(*COLUMNS.values())
    .where(_of_account, _is_living, session.c.ends_at > bindparam("at"))
    .order_by(session.c.id.desc())
    .limit(MOST_LIVING)
)
_LOCK_LIVING = Statement(select(session).where(_of_account, _is_living).order_by(session.c.id).with_for_update())
_ACCOUNT_OF = Lookup(select(session.c.account_id).where(session.c.id == bindparam("id")).limit(1))
_SIGNED_IN_AT = Lookup(select(session.c.signed_in_at).where(session.c.id == bindparam("id")).limit(1))
_ADD_TOKEN = Statement(
    insert(refresh_token).values({name: bindparam(name) for name in ("digest", "session_id", "until")})
)
_TAKE_TOKEN = Statement(
    select(
        *session.c,
        refresh_token.c.until.label("token_until"),
        refresh_token.c.used_at.label("token_used_at"),
        best_level(session.c.account_id),
    )
    .select_from(refresh_token.join(session, session.c.id == refresh_token.c.session_id))
    .where(refresh_token.c.digest == bindparam("digest"))
    .with_for_update(of=(refresh_token, session))
)
_USE_TOKEN = Statement(
    update(refresh_token).where(refresh_token.c.digest == bindparam("key")).values(used_at=func.now())
)
_BEST = Lookup(select(best_level(bindparam("account", type_=Uuid))).limit(1))
_successor = refresh_token.alias("successor")
_REPEATABLE = Statement(
    select(_successor.c.until)
    .select_from(refresh_token.join(_successor, _successor.c.session_id == refresh_token.c.session_id))
    .where(
        refresh_token.c.digest == bindparam("digest"),
        refresh_token.c.used_at > func.now() - OVERLAP,
        _successor.c.digest == bindparam("successor"),
        _successor.c.used_at.is_(None),
        _successor.c.until > func.now(),
    )
)
_renewable = or_(
    exists().where(
        refresh_token.c.session_id == session.c.id,
        refresh_token.c.used_at.is_(None),
        refresh_token.c.until > bindparam("at"),
    ),
    exists().where(browser.c.session_id == session.c.id, browser.c.until > bindparam("at")),
)
_OVER = Statement(
    select(session)
    .where(_is_living, or_(session.c.ends_at <= bindparam("at"), ~_renewable))
    .order_by(session.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)
_OF_CLIENT = Statement(
    select(session)
    .where(
        session.c.client == bindparam("client"),
        _is_living,
        or_(bindparam("account", type_=Uuid).is_(None), session.c.account_id == bindparam("account", type_=Uuid)),
    )
    .order_by(session.c.id)
    .with_for_update()
)
_OF_PROVIDER = Statement(
    select(session)
    .where(
        session.c.provider == bindparam("provider"),
        _is_living,
        or_(bindparam("account", type_=Uuid).is_(None), session.c.account_id == bindparam("account", type_=Uuid)),
        or_(bindparam("sid", type_=Text).is_(None), session.c.provider_sid == bindparam("sid", type_=Text)),
    )
    .order_by(session.c.id)
    .with_for_update()
)
_OF_CLIENT_TO_TELL = Lookup(
    select(session.c.account_id, client.c.client_id, client.c.backchannel_logout_uri.label("address"))
    .select_from(session.join(client, client.c.id == session.c.client))
    .where(session.c.id == bindparam("session"), client.c.backchannel_logout_uri.is_not(None))
    .limit(1)
)
_KEEP_TOKEN = Statement(
    update(refresh_token).where(refresh_token.c.digest == bindparam("key")).values(until=bindparam("later"))
)
_DELETE_TOKENS = Statement(delete(refresh_token).where(refresh_token.c.until < bindparam("at")))
_DELETE_BROWSERS = Statement(delete(browser).where(browser.c.until < bindparam("at")))
_DELETE_SESSIONS = Statement(
    text(
        "WITH over AS (DELETE FROM escm.access_session WHERE status <> 'active' AND updated_at < :before RETURNING id)"
        " DELETE FROM escm.access_last_use WHERE kind = 'session' AND id IN (SELECT id FROM over)"
    )
)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token with its session, its expiry, the time of its use, and the highest level that the account can
    reach."""

    session: Session
    until: datetime
    used_at: datetime | None
    best: Level


async def living(connection: Connection, account: UUID, at: datetime) -> list[Row]:
    """The sessions of an account that have not ended, the newest first, at most 50."""
    return await _LIVING.fetch(connection, account=account, at=at)


async def lock_living(connection: Connection, account: UUID) -> list[Session]:
    """The sessions of an account that have not ended, the oldest first, locked."""
    return records_of(Session, await _LOCK_LIVING.fetch(connection, account=account))


async def account_of(connection: Connection, session: UUID) -> UUID | None:
    """The account of a session; None for an unknown id."""
    found: UUID | None = await _ACCOUNT_OF.fetchval(connection, id=session)
    return found


async def signed_in_at(connection: Connection, session: UUID) -> datetime | None:
    """When the person of a session signed in; None for a session of a password at the token endpoint."""
    found: datetime | None = await _SIGNED_IN_AT.fetchval(connection, id=session)
    return found


async def add_token(connection: Connection, digest: bytes, session: UUID, until: datetime) -> None:
    """Adds a refresh token to the session."""
    await _ADD_TOKEN.execute(connection, digest=digest, session_id=session, until=until)


async def take_token(connection: Connection, digest: bytes) -> RefreshToken | None:
    """The token with its session, both locked; None for an unknown token."""
    row = await _TAKE_TOKEN.fetchrow(connection, digest=digest)
    return _token_of(row) if row else None


def _token_of(row: Row) -> RefreshToken:
    return RefreshToken(record_of(Session, row), row["token_until"], row["token_used_at"], Level(row["best"]))


async def best_of(connection: Connection, account: UUID) -> Level:
    """The highest level that an account can reach."""
    return Level(await _BEST.fetchval(connection, account=account))


async def use_token(connection: Connection, digest: bytes) -> None:
    """Records, by the database's clock, that the token was used."""
    await _USE_TOKEN.execute(connection, key=digest)


async def keep_token(connection: Connection, digest: bytes, until: datetime) -> None:
    """Lets the token be used until a later time."""
    await _KEEP_TOKEN.execute(connection, key=digest, later=until)


async def lock_of_client(connection: Connection, client: UUID, account: UUID | None) -> list[Session]:
    """The sessions of a client, of one account or of all, that have not ended, locked."""
    return records_of(Session, await _OF_CLIENT.fetch(connection, client=client, account=account))


async def lock_of_provider(
    connection: Connection, provider: UUID, account: UUID | None, sid: str | None
) -> list[Session]:
    """The sessions that were opened at a provider and have not ended, of one account, of one session there, or all,
    locked."""
    return records_of(Session, await _OF_PROVIDER.fetch(connection, provider=provider, account=account, sid=sid))


async def to_tell(connection: Connection, session: UUID) -> Row | None:
    """The account of a session, and name and address of its client, if that wants to be told of the end."""
    return await _OF_CLIENT_TO_TELL.fetchrow(connection, session=session)


async def repeatable(connection: Connection, digest: bytes, successor: bytes) -> datetime | None:
    """The expiry of the successor of a used token, if the successor may be returned again: the use is within the
    overlap, and the successor is unused. None otherwise."""
    found: datetime | None = await _REPEATABLE.fetchval(connection, digest=digest, successor=successor)
    return found


async def over(connection: Connection, at: datetime) -> list[Session]:
    """Up to 200 expired sessions that are still active, locked."""
    return records_of(Session, await _OVER.fetch(connection, at=at))


async def delete_expired(connection: Connection, at: datetime, before: datetime) -> None:
    """Deletes expired tokens and cookies, and sessions that ended before `before`."""
    await _DELETE_BROWSERS.execute(connection, at=at)
    await _DELETE_TOKENS.execute(connection, at=at)
    await _DELETE_SESSIONS.execute(connection, before=before)
