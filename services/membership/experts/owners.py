"""The owners of living records, regardless of the caller."""

from uuid import UUID

from sqlalchemy import bindparam, func, select

from services.membership.experts.domain import LIVING
from services.membership.experts.tables import expert
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant

_is_living = (
    expert.c.status.in_([constant(status) for status in LIVING]),
    expert.c.merged_into.is_(None),
    expert.c.erased_at.is_(None),
)
_OF_ACCOUNT = Lookup(select(expert.c.id).where(expert.c.account_id == bindparam("account"), *_is_living).limit(1))
_TO_TAKE_OVER = Lookup(
    select(expert.c.id)
    .select_from(views.ACCOUNTS)
    .join(expert, expert.c.id.in_(select(func.escm.member_expert_with_email(views.ACCOUNTS.c.email_key))))
    .where(
        views.ACCOUNTS.c.id == bindparam("account"),
        views.ACCOUNTS.c.is_verified,
        expert.c.account_id.is_(None),
        *_is_living,
    )
    .order_by(expert.c.id)
    .limit(1)
)
_ACCOUNT_IN_USE = Statement(select(views.ACCOUNTS.c.id).where(views.ACCOUNTS.c.id == bindparam("account")))


async def record_of_account(connection: Connection, account: UUID) -> UUID | None:
    """The living record that an account owns, regardless of the caller."""
    found: UUID | None = await _OF_ACCOUNT.fetchval(connection, account=account)
    return found


async def record_to_take_over(connection: Connection, account: UUID) -> UUID | None:
    """A living record without an account that has the verified address of this account, regardless of the caller."""
    found: UUID | None = await _TO_TAKE_OVER.fetchval(connection, account=account)
    return found


async def account_in_use(connection: Connection, account: UUID) -> bool:
    """Whether there is such an account, and it is active."""
    return await _ACCOUNT_IN_USE.fetchval(connection, account=account) is not None
