"""Which account owns which living record, regardless of what the caller may read."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, true

from services.membership.register.experts.domain import LIVING
from services.membership.register.experts.tables import expert
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.errors import unknown_reference
from shared.kernel.text import email_key
from shared.records.access_scope import AccessScope, constant
from shared.records.requirements import require

_MOST = 20
"""Most records with one address that a check reads."""
_account = bindparam("account", type_=Uuid)
_OF_ACCOUNT = Statement(select(func.escm.member_expert_of_account(_account)))
_TO_TAKE_OVER = Statement(
    select(func.escm.member_expert_to_take_over(views.ACCOUNTS.c.email_key)).where(
        views.ACCOUNTS.c.id == _account, views.ACCOUNTS.c.is_verified
    )
)
_OF_EXPERT = Lookup(
    select(expert.c.account_id, expert.c.country)
    .where(expert.c.id == bindparam("expert"), expert.c.merged_into.is_(None), expert.c.erased_at.is_(None))
    .limit(1)
)
_with_address = (
    func.escm.member_expert_with_email(views.ACCOUNTS.c.email_key)
    .table_valued("id")
    .render_derived(name="known")
    .lateral()
)
_OWNED_BY_OTHERS = Lookup(
    select(views.ACCOUNTS.c.email_key, expert.c.emails)
    .select_from(views.ACCOUNTS.join(_with_address, true()).join(expert, expert.c.id == _with_address.c.id))
    .where(
        views.ACCOUNTS.c.id == _account,
        views.ACCOUNTS.c.is_verified,
        expert.c.account_id != _account,
        expert.c.status.in_([constant(status) for status in LIVING]),
        expert.c.merged_into.is_(None),
        expert.c.erased_at.is_(None),
    )
    .limit(_MOST)
)
_merged = select(func.escm.member_expert_merge_target(expert.c.merged_into, type_=Uuid).label("winner")).where(
    expert.c.merged_into.is_not(None)
)
_MERGED = {name: Lookup(_merged.where(expert.c[name] == bindparam("key")).limit(1)) for name in ("id", "ref")}
_IN_USE = Statement(select(views.ACCOUNTS.c.id).where(views.ACCOUNTS.c.id == _account))


@dataclass(frozen=True, slots=True)
class Owner:
    """The account of an expert, if there is one, and the expert's country."""

    account_id: UUID | None
    country: str


async def owner_of(connection: Connection, expert: UUID) -> Owner | None:
    """The owner of an expert; None if there is no such expert, or it was merged or erased."""
    row = await _OF_EXPERT.fetchrow(connection, expert=expert)
    return Owner(row["account_id"], row["country"]) if row else None


async def require_owner(connection: Connection, access: AccessScope, expert: UUID) -> Owner:
    """The owner of an expert whom a new part names as `expert_id`. Raises Invalid if there is no such expert, or the
    caller may not read all of it, and Forbidden without the permission to create the part."""
    owner = await owner_of(connection, expert)
    if owner is None or not access.sees_all_fields(owner.country, expert):
        raise unknown_reference("/expert_id", "expert")
    require(access, "create", owner.country, expert)
    return owner


async def record_of_account(connection: Connection, account: UUID) -> UUID | None:
    """The living record that an account owns."""
    found: UUID | None = await _OF_ACCOUNT.fetchval(connection, account=account)
    return found


async def record_to_take_over(connection: Connection, account: UUID) -> UUID | None:
    """A living record without an account that has the verified address of this account."""
    found: UUID | None = await _TO_TAKE_OVER.fetchval(connection, account=account)
    return found


async def is_known_elsewhere(connection: Connection, account: UUID) -> bool:
    """Whether the verified address of this account is a verified one of a living record that another account owns."""
    rows = await _OWNED_BY_OTHERS.fetch(connection, account=account)
    return any(
        email.get("verified") and email_key(email["value"]) == row["email_key"]
        for row in rows
        for email in row["emails"]
    )


async def own_merge_target(connection: Connection, access: AccessScope, key: UUID | str) -> UUID | None:
    """The record that a merge made of the record with this id or ref, if the caller's grants name it."""
    if not access.read.records:
        return None
    row = await _MERGED["id" if isinstance(key, UUID) else "ref"].fetchrow(connection, key=key)
    return row["winner"] if row and str(row["winner"]) in access.read.records else None


async def account_in_use(connection: Connection, account: UUID) -> bool:
    """Whether there is such an account, and it may be used."""
    return await _IN_USE.fetchval(connection, account=account) is not None
