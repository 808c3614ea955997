"""Reading identities."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from services.access.federation.identities.record import Identity
from services.access.federation.identities.tables import identity
from services.access.federation.providers.tables import identity_provider
from services.access.principals.accounts.tables import account
from services.access.principals.sessions.tables import session
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import renderer
from shared.records.rows import record_of, records_of

MOST_SHOWN = 200
COLUMNS = {
    **{name: identity.c[name] for name in ("id", "ref", "account_id", "issuer", "subject", "email")},
    "provider": identity_provider.c.code.label("provider"),
    "linked_at": identity.c.created_at.label("linked_at"),
    "last_used": identity.c.last_used_at.label("last_used"),
}
render = renderer(COLUMNS)
_is_linked = identity.c.status == "linked"
_of_account = identity.c.account_id == bindparam("account")
_LINKED = Lookup(
    select(*COLUMNS.values(), identity_provider.c.titles)
    .select_from(identity.join(identity_provider, identity_provider.c.id == identity.c.provider))
    .where(_of_account, _is_linked)
    .order_by(identity.c.id.desc())
    .limit(MOST_SHOWN)
)
_ACCOUNT_OF = Lookup(select(identity.c.account_id).where(identity.c.id == bindparam("id")).limit(1))
_LOCK_OF_SUBJECT = Statement(
    select(identity)
    .where(identity.c.issuer == bindparam("issuer"), identity.c.subject == bindparam("subject"), _is_linked)
    .with_for_update()
)
_LOCK_ALL = Statement(select(identity).where(_of_account, _is_linked).order_by(identity.c.id).with_for_update())
_EVER = Statement(select(func.count()).select_from(identity).where(_of_account))
_HAS_PASSWORD = Statement(select(account.c.password_hash.is_not(None)).where(account.c.id == bindparam("account")))
_SIGNED_OUT = Statement(update(identity).where(identity.c.id == bindparam("key")).values(signed_out_at=bindparam("at")))
_SIGNED_OUT_OF = Statement(
    update(identity)
    .where(
        identity.c.provider == bindparam("at_provider"),
        identity.c.account_id.in_(
            select(session.c.account_id).where(
                session.c.provider == bindparam("at_provider"), session.c.provider_sid == bindparam("sid")
            )
        ),
        _is_linked,
    )
    .values(signed_out_at=bindparam("at"))
)
_USED = Statement(update(identity).where(identity.c.id == bindparam("key")).values(last_used_at=bindparam("at")))


async def linked(connection: Connection, account: UUID) -> list[Row]:
    """The identities of an account, the newest first, with the titles of their providers."""
    return await _LINKED.fetch(connection, account=account)


async def account_of(connection: Connection, identity: UUID) -> UUID | None:
    """The account of an identity; None for an unknown id."""
    found: UUID | None = await _ACCOUNT_OF.fetchval(connection, id=identity)
    return found


async def lock_of_subject(connection: Connection, issuer: str, subject: str) -> Identity | None:
    """The identity of a person at a provider, locked."""
    row = await _LOCK_OF_SUBJECT.fetchrow(connection, issuer=issuer, subject=subject)
    return record_of(Identity, row) if row else None


async def lock_all(connection: Connection, account: UUID) -> list[Identity]:
    """The identities of an account, locked."""
    return records_of(Identity, await _LOCK_ALL.fetch(connection, account=account))


async def had_any(connection: Connection, account: UUID) -> bool:
    """Whether the account has, or had, an identity."""
    return bool(await _EVER.fetchval(connection, account=account))


async def has_password(connection: Connection, account: UUID) -> bool:
    """Whether the account has a password."""
    return bool(await _HAS_PASSWORD.fetchval(connection, account=account))


async def used(connection: Connection, identity: UUID, at: datetime) -> None:
    """Stores that the person signed in by the identity."""
    await _USED.execute(connection, key=identity, at=at)


async def signed_out(connection: Connection, identity: UUID, at: datetime) -> None:
    """Stores that the person signed out at the provider."""
    await _SIGNED_OUT.execute(connection, key=identity, at=at)


async def signed_out_of(connection: Connection, provider: UUID, sid: str, at: datetime) -> None:
    """Stores the same of whoever signed in here with that session of the provider, which may be over here."""
    await _SIGNED_OUT_OF.execute(connection, at_provider=provider, sid=sid, at=at)
