"""Notifies people of what waits for a step of theirs, by their work lists: once for each time that a record begins to
wait."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from services.access.access import SERVICES
from services.access.notifying.notifications import queries
from services.access.notifying.notifications.deliveries import delivery_of
from services.access.notifying.notifications.domain import WAITING, WORK_KIND
from services.access.notifying.notifications.record import Notification
from services.access.notifying.notifications.tables import notification
from services.access.notifying.work_list.queries import page
from services.access.principals.accounts.tables import account
from shared.audit.tables import audit
from shared.contracts import views
from shared.contracts.readers import takers_of
from shared.database.ids import uuid7
from shared.database.statements import Connection, Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal
from shared.records.access_scope import constant
from shared.records.hosting import with_work
from shared.records.pending import pending

_MOST = 1_000
"""Most items of a work list that are looked at, the earliest due first."""
_AT_ONCE = 100
_OWN_FOR = timedelta(days=1)
"""How long a person knows without a notification what their own change has left to them."""
_WITHDRAW = "withdraw"
"""The verb of proposals of the person's own, which wait for somebody else."""
_ROLES = sorted({role for service in SERVICES for role in takers_of(service)} - {"expert"})
"""The roles that take steps as an office. The own signatures of experts have mails of their own."""
_IDS = ARRAY(Uuid)
_held, _works = views.GRANTS.c, (views.WORK_OF_MEMBERSHIP, views.WORK_OF_CENTRES, views.WORK_OF_ACTIONS)
_has_work = or_(
    exists().where(
        _held.principal_kind == constant("account"),
        _held.principal_id == account.c.id,
        _held.role.in_([constant(role) for role in _ROLES]),
    ),
    exists().where(pending.c.second_person == account.c.id, pending.c.status == constant("pending")),
    *(exists().where(work.c.account_id == account.c.id) for work in _works),
)
_choice = account.c.notifications.op("->>", return_type=Text())(constant(WORK_KIND))
_IN_USE = account.c.status == constant("active")
_WANTS_MAIL = (_IN_USE, _choice == constant("mail"))
_WITH_WORK, _TO_BE_MAILED = (
    Statement(select(account.c.id).where(*of, account.c.id > bindparam("after")).order_by(account.c.id).limit(_AT_ONCE))
    for of in ((_IN_USE, _has_work), _WANTS_MAIL)
)
_ANYBODY = Statement(select(exists().where(*_WANTS_MAIL)))
_CHANGED = Statement(
    select(audit.c.subject, audit.c.at, audit.c.actor_id)
    .ext(distinct_on(audit.c.subject))
    .where(
        audit.c.subject == any_(bindparam("keys", type_=_IDS)),
        or_(
            audit.c.from_status.is_distinct_from(audit.c.to_status),
            audit.c.action.in_([constant(action) for action in ("assign", "transition_proposed")]),
        ),
    )
    .order_by(audit.c.subject, audit.c.at.desc())
)
_ANNOUNCED = Statement(
    select(notification.c.record_id, func.max(notification.c.at).label("at"))
    .where(
        notification.c.account_id == bindparam("account"),
        notification.c.kind == constant(WORK_KIND),
        notification.c.record_id == any_(bindparam("keys", type_=_IDS)),
    )
    .group_by(notification.c.record_id)
)


async def is_wanted_at_once(connection: Connection) -> bool:
    """Whether anybody wants a mail for each record that begins to wait."""
    return bool(await _ANYBODY.fetchval(connection))


async def people_with_work(connection: Connection, after: UUID, *, at_once: bool) -> list[UUID]:
    """Up to 100 accounts for which something may wait, in the order of their ids; `at_once` those that want a mail for
    each record."""
    people = _TO_BE_MAILED if at_once else _WITH_WORK
    return [row["id"] for row in await people.fetch(connection, after=after)]


async def notify_of_work(
    uow: UnitOfWork, principal: Principal, at: datetime, records: Sequence[UUID] | None = None
) -> tuple[set[str], int]:
    """Notifies a person of what waited for them at this instant, of `records` if they are given, and has not been
    announced since it last changed; not of what their own change left to them, for a day. Returns the deliveries of the
    new notifications, and how many records wait."""
    connection, person = uow.connection, await with_work(uow.connection, principal)
    items = (await page(connection, person, limit=_MOST, records=records))[:_MOST]
    waiting = {row["id"]: row for row in items if row["verb"] != _WITHDRAW}
    reader = (await queries.readers(connection, [person.id])).get(person.id) if person.id and waiting else None
    if reader is None:
        return set(), 0
    changed = {row["subject"]: row for row in await _CHANGED.fetch(connection, keys=sorted(waiting))}
    found = await _ANNOUNCED.fetch(connection, account=person.id, keys=sorted(waiting))
    announced: Mapping[UUID, datetime] = {row["record_id"]: row["at"] for row in found}
    new = [
        _notification(reader, row, at)
        for key, row in waiting.items()
        if begins_to_wait(announced.get(key), changed.get(key), reader["id"], at)
    ]
    return await queries.add(connection, new) if new else set(), items[0]["total"] - len(items) + len(waiting)


def begins_to_wait(announced: datetime | None, changed: Mapping[str, Any] | None, person: UUID, at: datetime) -> bool:
    """Whether a record has begun to wait for a person since it was announced: it has `changed`, or waits from a certain
    day on."""
    if changed is None or changed["at"] > at:
        return changed is None and announced is None
    is_own = changed["actor_id"] == person and changed["at"] > at - _OWN_FOR
    return not is_own and (announced is None or announced < changed["at"])


def _notification(reader: Row, row: Row, at: datetime) -> Notification:
    service, _, plural = row["resource"].partition(".")
    return Notification(
        id=uuid7(),
        account_id=reader["id"],
        kind=WAITING.kind,
        event=WAITING.event,
        resource=row["resource"],
        record_id=row["id"],
        ref=row["ref"],
        link=f"/{service}/v1/{plural}/{row['id']}",
        day=at.astimezone(UTC).date(),
        at=at,
        mail=delivery_of(reader["notifications"], WAITING) if reader["is_mailed"] else "none",
    )
