"""Reading consents."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.access.principals.authorizations.record import Authorization
from services.access.principals.authorizations.tables import authorization
from services.access.principals.clients.tables import client
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import renderer
from shared.records.rows import record_of

MOST_SHOWN = 200
COLUMNS = {
    **{name: authorization.c[name] for name in ("id", "ref", "account_id", "scope", "created_at")},
    "client": client.c.client_id.label("client"),
    "client_name": client.c.name.label("client_name"),
}
render = renderer(COLUMNS)
_is_active = authorization.c.status == "active"
_of_account = authorization.c.account_id == bindparam("account")
_LIVING = Lookup(
    select(*COLUMNS.values())
    .select_from(authorization.join(client, client.c.id == authorization.c.client))
    .where(_of_account, _is_active)
    .order_by(authorization.c.id.desc())
    .limit(MOST_SHOWN)
)
_ACCOUNT_OF = Lookup(select(authorization.c.account_id).where(authorization.c.id == bindparam("id")).limit(1))
_SCOPE = Lookup(
    select(authorization.c.scope).where(_of_account, _is_active, authorization.c.client == bindparam("client")).limit(1)
)
_LOCK = Statement(
    select(authorization)
    .where(_of_account, _is_active, authorization.c.client == bindparam("client"))
    .with_for_update()
)
_LOCK_ONE = Statement(
    select(authorization).where(_of_account, _is_active, authorization.c.id == bindparam("chosen")).with_for_update()
)


async def living(connection: Connection, account: UUID) -> list[Row]:
    """The consents of an account, the newest first."""
    return await _LIVING.fetch(connection, account=account)


async def account_of(connection: Connection, authorization: UUID) -> UUID | None:
    """The account of a consent; None for an unknown id."""
    found: UUID | None = await _ACCOUNT_OF.fetchval(connection, id=authorization)
    return found


async def scope_of(connection: Connection, account: UUID, client: UUID) -> str | None:
    """What the person consents to for a client; None without a consent."""
    found: str | None = await _SCOPE.fetchval(connection, account=account, client=client)
    return found


async def lock(connection: Connection, account: UUID, client: UUID) -> Authorization | None:
    """The consent of a person for a client, locked."""
    row = await _LOCK.fetchrow(connection, account=account, client=client)
    return record_of(Authorization, row) if row else None


async def lock_one(connection: Connection, account: UUID, chosen: UUID) -> Authorization | None:
    """A consent of an account that has not ended, locked."""
    row = await _LOCK_ONE.fetchrow(connection, account=account, chosen=chosen)
    return record_of(Authorization, row) if row else None
