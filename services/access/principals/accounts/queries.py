"""Reading accounts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, all_, bindparam, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE
from services.access.authority.grants.tables import grant
from services.access.principals.accounts.domain import LIFECYCLE, USABLE
from services.access.principals.accounts.record import Account
from services.access.principals.accounts.tables import account
from services.access.suspending import Made
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.text import email_key
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import renderer, shown_columns
from shared.records.listing import Filter, countries, fragment
from shared.records.next_steps import NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import record_of

_OWNED = (
    select(views.EXPERTS.c.id)
    .where(
        views.EXPERTS.c.account_id == account.c.id,
        views.EXPERTS.c.merged_into.is_(None),
        views.EXPERTS.c.erased_at.is_(None),
    )
    .order_by(views.EXPERTS.c.id)
    .limit(1)
    .scalar_subquery()
    .label("expert_id")
)
COLUMNS: Mapping[str, ColumnElement[Any]] = {**shown_columns(Account, account), "expert_id": _OWNED}
render = renderer(COLUMNS)
_of_address = select(account).where(account.c.email_key == bindparam("email_key"))
_is_usable = account.c.status.in_([constant(status) for status in sorted(USABLE)])
_FOR_LOGIN = Lookup(_of_address.where(account.c.status == "active").limit(1))
_FOR_MAIL = Statement(_of_address.where(_is_usable))
_OF_ADDRESS = Statement(
    select(account).where(account.c.email_key == bindparam("email_key"), account.c.status != "closed")
)
_USABLE = Statement(select(account).where(account.c.id == bindparam("id"), _is_usable))
MADE = Made(Account, account, ended="closed", usable=USABLE)
_unclaimed = (
    account.c.status == "active",
    account.c.created_by == "account:" + cast(account.c.id, Text),
    account.c.password_hash.is_(None),
    ~account.c.email_verified,
    ~select(grant.c.id)
    .where(
        or_(
            (grant.c.principal_kind == "account") & (grant.c.principal_id == account.c.id),
            grant.c.second_person == account.c.id,
        )
    )
    .exists(),
    ~select(views.EXPERTS.c.id).where(views.EXPERTS.c.account_id == account.c.id).exists(),
)
_LOCK_UNCLAIMED = Statement(_of_address.where(*_unclaimed).with_for_update(of=account))
_IS_UNCLAIMED = Statement(select(account.c.id).where(account.c.id == bindparam("id"), *_unclaimed))
_IS_CLOSED = Statement(select(account.c.id).where(account.c.id == bindparam("id"), account.c.status == "closed"))
_KEY_OF = Lookup(select(account.c.email_key).where(account.c.id == bindparam("id")).limit(1))


_of_others = (
    select(views.EXPERTS.c.id)
    .where(
        views.EXPERTS.c.account_id == account.c.id,
        views.EXPERTS.c.country != all_(bindparam("countries", type_=ARRAY(Text))),
    )
    .exists()
)
_WITHOUT_COUNTRY = Lookup(
    select(account.c.id)
    .where(account.c.email_key == bindparam("email_key"), account.c.country.is_(None), _is_usable, ~_of_others)
    .limit(1)
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Accounts that the caller may read; none is published."""
    return select(account).where(visible(account, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.accounts", account, ())
LISTING = listing_by_state(
    account,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    countries(account.c.country),
    Filter("email", "An e-mail address", email_key, lambda bound: account.c.email_key == bound),
    Filter(
        "expert_id",
        "The id of an expert",
        UUID,
        lambda bound: account.c.id.in_(select(views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == bound)),
    ),
    NEXT_STEPS.holder,
    fragment(account.c.search_key),
)


async def for_login(connection: Connection, email_key: str) -> Account | None:
    """The active account with this folded address, regardless of the caller."""
    row = await _FOR_LOGIN.fetchrow(connection, email_key=email_key)
    return record_of(Account, row) if row else None


async def of_address(connection: Connection, email_key: str) -> Account | None:
    """The account with this folded address that is not closed, regardless of its other states."""
    row = await _OF_ADDRESS.fetchrow(connection, email_key=email_key)
    return record_of(Account, row) if row else None


async def for_mail(connection: Connection, email_key: str) -> Account | None:
    """The recipient of a requested mail to this folded address; None without an active or invited account."""
    row = await _FOR_MAIL.fetchrow(connection, email_key=email_key)
    return record_of(Account, row) if row else None


async def usable(connection: Connection, identity: UUID) -> Account | None:
    """The account, if it is active or invited."""
    row = await _USABLE.fetchrow(connection, id=identity)
    return record_of(Account, row) if row else None


async def without_country(connection: Connection, email_key: str, countries: Sequence[str]) -> UUID | None:
    """The usable account with this folded address, if it belongs to no country and to no expert of another country than
    these."""
    found: UUID | None = await _WITHOUT_COUNTRY.fetchval(connection, email_key=email_key, countries=list(countries))
    return found


async def key_of(connection: Connection, identity: UUID) -> str | None:
    """The folded address of an account."""
    found: str | None = await _KEY_OF.fetchval(connection, id=identity)
    return found


async def is_closed(connection: Connection, identity: UUID) -> bool:
    """Whether the account was closed."""
    return await _IS_CLOSED.fetchval(connection, id=identity) is not None


async def lock_unclaimed(connection: Connection, email_key: str) -> Account | None:
    """The account with this folded address, locked, if somebody registered it, nobody confirmed it, and it holds no
    grant and no record."""
    row = await _LOCK_UNCLAIMED.fetchrow(connection, email_key=email_key)
    return record_of(Account, row) if row else None


async def is_unclaimed(connection: Connection, identity: UUID) -> bool:
    """Whether somebody registered this account, nobody confirmed it, and it holds no grant and no record."""
    return await _IS_UNCLAIMED.fetchval(connection, id=identity) is not None
