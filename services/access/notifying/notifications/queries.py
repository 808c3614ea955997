"""Reading and storing notifications. Only the account itself sees its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Boolean, Uuid, any_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.notifying.notifications.deliveries import GATHERED_SERVICE
from services.access.notifying.notifications.domain import WORK_KIND
from services.access.notifying.notifications.record import Notification
from services.access.notifying.notifications.tables import notification
from services.access.principals.accounts.tables import account
from shared.audit.tables import audit
from shared.contracts import views
from shared.contracts.membership import ERASURE_BEGINS, ERASURE_ENDS
from shared.database.context import AccessContext, within_context
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant

_AT_ONCE = 500
_LAST_ID = UUID(int=2**128 - 1)
_ACCOUNTS_AT_ONCE = 100
_MAILED = tuple(notification.c[name] for name in ("id", "account_id", "kind", "event", "resource", "record_id", "ref"))
_SHOWN = tuple(notification.c[name] for name in ("id", "kind", "event", "resource", "record_id", "ref", "link", "at"))
_own = notification.c.account_id == bindparam("account")
_is_unread = notification.c.read_at.is_(None)
_PAGE = Statement(
    within_context(
        select(*_SHOWN, notification.c.read_at)
        .where(
            _own,
            or_(~bindparam("unread", type_=Boolean), _is_unread),
            notification.c.id < bindparam("after"),
        )
        .order_by(notification.c.id.desc())
        .limit(bindparam("limit"))
    )
)
_UNREAD = Statement(within_context(select(func.count().label("n")).select_from(notification).where(_own, _is_unread)))
_READ = Statement(
    update(notification)
    .where(notification.c.id == bindparam("key"), _own)
    .values(read_at=func.coalesce(notification.c.read_at, bindparam("at")))
    .returning(*_SHOWN, notification.c.read_at)
)
_all_unread = select(notification.c.id).where(_own, _is_unread).order_by(notification.c.id).with_for_update()
_READ_ALL = Statement(update(notification).where(notification.c.id.in_(_all_unread)).values(read_at=bindparam("at")))
_last_step = (
    select(audit.c.action)
    .where(
        audit.c.subject == views.EXPERTS.c.id,
        audit.c.action.in_([constant(ERASURE_BEGINS), constant(ERASURE_ENDS)]),
    )
    .order_by(audit.c.version.desc())
    .limit(1)
    .scalar_subquery()
)
_is_leaving = exists().where(views.EXPERTS.c.account_id == account.c.id, _last_step == constant(ERASURE_BEGINS))
_READERS = Statement(
    select(
        *(account.c[name] for name in ("id", "email", "name", "language", "notifications")),
        (account.c.email_verified & ~_is_leaving).label("is_mailed"),
    ).where(account.c.id == any_(bindparam("keys", type_=ARRAY(Uuid))), account.c.status == constant("active"))
)
_GIVEN = tuple(field.name for field in fields(Notification))
_ARRAYS = "$1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::date[],"
_ADD = (
    f"INSERT INTO escm.access_notification ({', '.join(_GIVEN)})"  # noqa: S608
    f" SELECT * FROM unnest({_ARRAYS} $10::timestamptz[], $11::text[]) ON CONFLICT DO NOTHING RETURNING mail"
)
_is_waiting = notification.c.mailed_at.is_(None)
_is_gathered = or_(
    notification.c.kind == constant(WORK_KIND), func.starts_with(notification.c.resource, GATHERED_SERVICE)
)
_before = notification.alias("before")
_is_pausing = exists().where(
    _before.c.account_id == notification.c.account_id,
    _before.c.mail == constant("mail"),
    _before.c.mailed_at > bindparam("since"),
    or_(_before.c.kind == constant(WORK_KIND), func.starts_with(_before.c.resource, GATHERED_SERVICE)),
)
_mailable = (notification.c.mail == constant("mail"), _is_waiting, or_(~_is_gathered, ~_is_pausing))
_for_mail = (
    select(notification.c.id)
    .where(*_mailable)
    .order_by(notification.c.account_id, notification.c.id)
    .limit(_AT_ONCE)
    .with_for_update()
)
"""Waits for rows that others lock: what is marked as read at that moment is mailed, too."""
_IS_MAILABLE = Statement(select(select(notification.c.id).where(*_mailable).exists()))
_for_digest = (notification.c.mail == constant("digest"), _is_waiting, notification.c.at <= bindparam("until"))
_next_accounts = (
    select(notification.c.account_id)
    .where(*_for_digest)
    .group_by(notification.c.account_id)
    .order_by(notification.c.account_id)
    .limit(_ACCOUNTS_AT_ONCE)
)
_MAIL, _MAIL_DIGESTS = (
    Statement(update(notification).where(*chosen).values(mailed_at=bindparam("now")).returning(*_MAILED))
    for chosen in (
        (notification.c.id == any_(func.array(_for_mail.scalar_subquery())),),
        (notification.c.account_id == any_(func.array(_next_accounts.scalar_subquery())), *_for_digest),
    )
)
_old = (
    select(notification.c.id).where(notification.c.at < bindparam("before")).order_by(notification.c.at).limit(10_000)
)
_DELETE_OLD = Statement(delete(notification).where(notification.c.id.in_(_old)))


def _only(account: UUID) -> dict[str, str]:
    """The context of a read that row-level security limits to one account."""
    return AccessContext("", records=str(account)).parameters


async def page(connection: Connection, account: UUID, *, unread: bool, after: UUID | None, limit: int) -> list[Row]:
    """The notifications of an account, the newest first, after a position; None for the first page."""
    return await _PAGE.fetch(
        connection, account=account, unread=unread, after=after or _LAST_ID, limit=limit, **_only(account)
    )


async def unread(connection: Connection, account: UUID) -> int:
    """How many notifications an account has not read."""
    found: int = await _UNREAD.fetchval(connection, account=account, **_only(account))
    return found


async def read(connection: Connection, account: UUID, key: UUID, at: datetime) -> Row | None:
    """Marks a notification as read and returns it; None if the account has none of this id."""
    return await _READ.fetchrow(connection, account=account, key=key, at=at)


async def read_all(connection: Connection, account: UUID, at: datetime) -> None:
    """Marks all notifications of an account as read."""
    await _READ_ALL.execute(connection, account=account, at=at)


async def readers(connection: Connection, accounts: Iterable[UUID]) -> dict[UUID, Row]:
    """Address, name, language and preferences of the active ones among these accounts. `is_mailed`: the address is
    verified, and no erasure of its person is open."""
    return {row["id"]: row for row in await _READERS.fetch(connection, keys=sorted(set(accounts)))}


async def add(connection: Connection, notifications: Sequence[Notification]) -> set[str]:
    """Inserts those that are new. Returns the deliveries that these want."""
    columns = [[getattr(one, name) for one in notifications] for name in _GIVEN]
    return {row["mail"] for row in await connection.fetch(_ADD, *columns)}


async def is_mailable(connection: Connection, since: datetime) -> bool:
    """Whether a notification wants a mail, and its person has had no gathered one since this instant."""
    return bool(await _IS_MAILABLE.fetchval(connection, since=since))


async def take_for_mails(connection: Connection, since: datetime, at: datetime) -> list[Row]:
    """Marks up to 500 notifications that want a mail as mailed, and returns them; without those that are gathered for
    people who have had such a mail since this instant."""
    await lock_names(connection, "mails of notifications")
    return sorted(await _MAIL.fetch(connection, since=since, now=at), key=itemgetter("id"))


async def take_for_digests(connection: Connection, until: datetime, at: datetime) -> list[Row]:
    """Marks the notifications up to this instant that wait for the digests of up to 100 accounts as mailed. Returns
    them by account, the newest first."""
    rows = await _MAIL_DIGESTS.fetch(connection, until=until, now=at)
    return sorted(sorted(rows, key=itemgetter("id"), reverse=True), key=itemgetter("account_id"))


async def delete_old(connection: Connection, before: datetime) -> None:
    """Deletes up to 10,000 notifications from before this instant."""
    await _DELETE_OLD.execute(connection, before=before)
