"""Reading who may sign in, and with which roles."""

from typing import Any

from sqlalchemy import Text, any_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from services.access.principals.accounts.record import Account
from services.access.principals.accounts.tables import account
from services.access.principals.clients.record import Client
from services.access.principals.clients.tables import client
from shared.database.statements import Connection, Row, Statement
from shared.kernel.text import email_key, search_pattern
from shared.records.rows import record_of

_LIVING = ("proposed", "active")
_role = func.concat_ws(" ", grant.c.role, grant.c.scope_id)


def _roles_of(kind: str, holder: ColumnElement[Any]) -> ColumnElement[Any]:
    of_holder = (grant.c.principal_kind == kind, grant.c.principal_id == holder, grant.c.status == "active")
    return select(func.string_agg(_role, ", ")).where(*of_holder).scalar_subquery().label("roles")


def _is_wanted(status: ColumnElement[Any]) -> ColumnElement[bool]:
    return status == any_(bindparam("states", type_=ARRAY(Text)))


_like: Any = bindparam("pattern", type_=Text)
_most: Any = bindparam("most")
_ACCOUNTS = Statement(
    select(account.c.ref, account.c.email, account.c.name, account.c.status, _roles_of("account", account.c.id))
    .where(_is_wanted(account.c.status), account.c.search_key.like(_like))
    .order_by(account.c.email)
    .limit(_most)
)
_CLIENTS = Statement(
    select(client.c.ref, client.c.client_id, client.c.name, client.c.status, _roles_of("client", client.c.id))
    .where(_is_wanted(client.c.status), client.c.search_key.like(_like))
    .order_by(client.c.name)
    .limit(_most)
)
_holder = func.coalesce(account.c.email, client.c.client_id, cast(grant.c.principal_id, Text)).label("holder")
_GRANTS = Statement(
    select(grant.c.ref, _holder, grant.c.role, grant.c.scope_id, grant.c.status, grant.c.starts, grant.c.ends)
    .select_from(
        grant.outerjoin(account, account.c.id == grant.c.principal_id).outerjoin(
            client, client.c.id == grant.c.principal_id
        )
    )
    .where(_is_wanted(grant.c.status), func.lower(_holder.element).like(_like))
    .order_by(_holder, grant.c.role)
    .limit(_most)
)
_ACCOUNT = Statement(
    select(account)
    .where(account.c.email_key == bindparam("key"), account.c.status != literal("closed"))
    .with_for_update(of=account)
)
_CLIENT = Statement(select(client).where(client.c.client_id == bindparam("key")).with_for_update(of=client))
_GRANT = Statement(select(grant).where(grant.c.ref == bindparam("key")).with_for_update(of=grant))
STATES = {
    "accounts": ("invited", "active", "suspended"),
    "clients": ("proposed", "active", "suspended"),
    "grants": _LIVING,
}
"""The states that are listed: all but those at the end of a life."""
_LISTS = {"accounts": _ACCOUNTS, "clients": _CLIENTS, "grants": _GRANTS}


async def holders(connection: Connection, what: str, part: str, most: int) -> list[Row]:
    """Accounts, clients or grants that have not ended, in whose address, id or name there is this text."""
    pattern = f"%{part.lower()}%" if what == "grants" else search_pattern(part) or "%"
    return await _LISTS[what].fetch(connection, states=list(STATES[what]), pattern=pattern, most=most)


async def account_of(connection: Connection, email: str) -> Account | None:
    """The account of an address, locked."""
    row = await _ACCOUNT.fetchrow(connection, key=email_key(email))
    return record_of(Account, row) if row else None


async def client_of(connection: Connection, client_id: str) -> Client | None:
    """The client of an id, locked."""
    row = await _CLIENT.fetchrow(connection, key=client_id)
    return record_of(Client, row) if row else None


async def grant_of(connection: Connection, ref: str) -> Grant | None:
    """The grant of a ref, locked."""
    row = await _GRANT.fetchrow(connection, key=ref)
    return record_of(Grant, row) if row else None
