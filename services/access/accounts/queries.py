"""Reading accounts."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from services.access.access import NO_STATE
from services.access.accounts.domain import LIFECYCLE, email_key
from services.access.accounts.record import Account
from services.access.accounts.tables import account
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind, visible
from shared.records.columns import renderer, shown_columns
from shared.records.listing import Filter, Listing, fragment, one_of, reference, updated, values
from shared.records.pending import holder

COLUMNS = shown_columns(Account, account)
render = renderer(COLUMNS)
_FOR_LOGIN = Lookup(
    select(account.c.id, account.c.name, account.c.password_hash)
    .where(account.c.email_key == bindparam("email_key"), account.c.status == "active")
    .limit(1)
)

_FOR_MAIL = Statement(
    select(*(account.c[name] for name in ("id", "email", "email_key", "name", "language"))).where(
        account.c.email_key == bindparam("email_key"), account.c.status == "active"
    )
)
_FOR_RESET = Statement(
    select(account.c.email, account.c.language).where(account.c.id == bindparam("id"), account.c.status == "active")
)
_KEY_OF = Lookup(select(account.c.email_key).where(account.c.id == bindparam("id")).limit(1))
_TO_WELCOME = Statement(
    select(account.c.email, account.c.language, account.c.password_hash.is_not(None).label("has_password")).where(
        account.c.id == bindparam("id"), account.c.status == "active", ~account.c.email_verified
    )
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Accounts, for those who may read them: none is published."""
    return select(account).where(visible(account, access_kind, NO_STATE))


LISTING = Listing(
    base=visible_to,
    key=account.c.id,
    filters={
        chosen.name: chosen
        for chosen in (
            values("status", account.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
            Filter("email", "An e-mail address", email_key, lambda bound: account.c.email_key == bound),
            reference("expert_id", account.c.expert_id),
            holder("access.accounts", account.c.id),
            fragment(account.c.search_key),
            *updated(account.c.updated_at),
        )
    },
    sorts={"created_at": account.c.created_at, "updated_at": account.c.updated_at},
    columns=COLUMNS,
)


async def for_login(connection: Connection, email_key: str) -> Row | None:
    """Id, name and password hash of the active account with this folded address."""
    return await _FOR_LOGIN.fetchrow(connection, email_key=email_key)


async def for_mail(connection: Connection, email_key: str) -> Row | None:
    """To whom a mail goes that somebody asked for at this folded address; None where no active account has it."""
    return await _FOR_MAIL.fetchrow(connection, email_key=email_key)


async def to_welcome(connection: Connection, identity: UUID) -> Row | None:
    """Where an active account whose address is not verified is written to, and whether it has a password."""
    return await _TO_WELCOME.fetchrow(connection, id=identity)


async def for_reset(connection: Connection, identity: UUID) -> Row | None:
    """Where an active account is written to, and in which language."""
    return await _FOR_RESET.fetchrow(connection, id=identity)


async def key_of(connection: Connection, identity: UUID) -> str | None:
    """The folded address of an account."""
    found: str | None = await _KEY_OF.fetchval(connection, id=identity)
    return found
