"""Proposed transitions that wait for a second person, for 24 hours by the database's clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, Text, Uuid, and_, any_, bindparam, delete, func, insert, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.auth.second_person import OFFICE
from shared.database.context import AccessContext, within_context
from shared.database.ids import uuid7
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import instant, table, text
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.record import Record
from shared.records.resource_type import ResourceType

LIFE = timedelta(hours=24)
_RETENTION = timedelta(days=90)
_AT_ONCE = 200
Ending: TypeAlias = Literal["confirmed", "declined", "withdrawn", "expired"]

pending = table(
    "core_pending_transition",
    Column("id", Uuid, primary_key=True),
    text("resource"),
    Column("record_id", Uuid, nullable=False),
    text("record_ref"),
    Column("record_version", Integer, nullable=False),
    text("action"),
    text("reason", nullable=True),
    Column("fields", JSONB, nullable=False),
    text("status"),
    text("proposer_kind"),
    Column("proposer_id", Uuid, nullable=False),
    Column("proposer_owner", Uuid, nullable=True),
    Column("second_person", Uuid, nullable=True),
    Column("concerned", ARRAY(Uuid), nullable=False),
    text("country", nullable=True),
    text("visibility"),
    instant("created_at"),
    instant("expires_at"),
    instant("decided_at", nullable=True),
    text("decided_by", nullable=True),
)
"""`second_person` is the only account that may confirm, if one was named. Personal data in `reason` and `fields` is
deleted after the decision or expiry."""

_open = pending.c.status == "pending"
_now = func.now()
_is_over = (pending.c.expires_at <= _now).label("is_over")
_SHOWN = (*pending.c, _is_over)
_ADD = Statement(
    insert(pending)
    .values(
        **{
            column.key: bindparam(column.key)
            for column in pending.c
            if column.key not in ("status", "created_at", "expires_at", "decided_at", "decided_by")
        },
        status="pending",
        created_at=_now,
        expires_at=_now + LIFE,
    )
    .returning(*_SHOWN)
)
_of_record = (pending.c.resource == bindparam("resource_name"), pending.c.record_id == bindparam("record"))
_LIST = Statement(
    within_context(
        select(*_SHOWN).where(*_of_record, _open, pending.c.expires_at > _now).order_by(pending.c.id).limit(100)
    )
)
_ONE = Statement(within_context(select(*_SHOWN).where(*_of_record, pending.c.id == bindparam("key")).limit(1)))
_LOCK = Statement(select(*_SHOWN).where(*_of_record, pending.c.id == bindparam("key")).with_for_update())
_LOCK_SAME = Statement(
    select(*_SHOWN).where(*_of_record, pending.c.action == bindparam("verb"), _open).with_for_update()
)
_END = Statement(
    sql_update(pending)
    .where(pending.c.id == bindparam("key"))
    .values(
        status=bindparam("ending"),
        decided_at=_now,
        decided_by=bindparam("by"),
        reason=None,
        fields=func.jsonb_build_object(),
    )
)
_DUE = Statement(
    select(*_SHOWN)
    .where(pending.c.resource == any_(bindparam("resources", type_=ARRAY(Text))), _open, pending.c.expires_at <= _now)
    .order_by(pending.c.id)
    .limit(_AT_ONCE)
)
_FORGET = Statement(
    delete(pending).where(
        pending.c.resource == any_(bindparam("resources", type_=ARRAY(Text))), pending.c.decided_at < _now - _RETENTION
    )
)


async def add(
    uow: UnitOfWork,
    kind: ResourceType[Any, Any],
    record: Record,
    *,
    action: str,
    reason: str | None,
    fields: Mapping[str, Any],
    second_person: UUID | None,
    concerned: frozenset[UUID],
) -> Row:
    """Stores a transition of a locked record as pending, with an audit entry and a fact."""
    actor = uow.origin.actor
    found = await _ADD.fetchrow(
        uow.connection,
        id=uuid7(),
        resource=kind.resource.name,
        record_id=record.id,
        record_ref=record.ref,
        record_version=record.version,
        action=action,
        reason=reason,
        fields=dict(fields),
        proposer_kind=str(actor.kind),
        proposer_id=actor.id,
        proposer_owner=actor.owner,
        second_person=second_person,
        concerned=sorted(concerned),
        country=record.country,
        visibility=record.visibility,
    )
    if found is None:
        raise RuntimeError("the pending transition was not written")
    _record_change(uow, kind, record, "proposed", action, reason)
    return found


async def of_record(
    connection: Connection, context: AccessContext, kind: ResourceType[Any, Any], record: UUID
) -> list[Row]:
    """The pending transitions of a record that the caller may read, the oldest first."""
    return await _LIST.fetch(connection, resource_name=kind.resource.name, record=record, **context.parameters)


async def one(
    connection: Connection, context: AccessContext, kind: ResourceType[Any, Any], record: UUID, key: UUID
) -> Row | None:
    """A pending or decided transition of a record that the caller may read."""
    name = kind.resource.name
    return await _ONE.fetchrow(connection, resource_name=name, record=record, key=key, **context.parameters)


async def lock(connection: Connection, kind: ResourceType[Any, Any], record: UUID, key: UUID) -> Row | None:
    """Like `one`, locked."""
    return await _LOCK.fetchrow(connection, resource_name=kind.resource.name, record=record, key=key)


async def lock_same(connection: Connection, kind: ResourceType[Any, Any], record: UUID, action: str) -> Row | None:
    """The open pending transition of this action on the record, locked."""
    return await _LOCK_SAME.fetchrow(connection, resource_name=kind.resource.name, record=record, verb=action)


async def end(
    uow: UnitOfWork,
    kind: ResourceType[Any, Any],
    record: Record,
    waiting: Row,
    ending: Ending,
    reason: str | None = None,
) -> None:
    """Ends a locked pending transition of a locked record, with an audit entry and a fact."""
    await _END.execute(uow.connection, key=waiting["id"], ending=ending, by=uow.origin.actor.label)
    _record_change(uow, kind, record, ending, waiting["action"], reason)


def _record_change(
    uow: UnitOfWork, kind: ResourceType[Any, Any], record: Record, what: str, action: str, reason: str | None
) -> None:
    fact = f"transition_{what}"
    kind.record_change(
        uow, fact, record, record, fact, reason, more=({"pointer": "/transition", "before": None, "after": action},)
    )


def expiring(*kinds: ResourceType[Any, Any]) -> Callable[[UnitOfWork], Awaitable[None]]:
    """The scheduled work that expires unconfirmed transitions, and deletes those decided 90 days ago."""
    by_name = {kind.resource.name: kind for kind in kinds}

    async def expire(uow: UnitOfWork) -> None:
        for due in await _DUE.fetch(uow.connection, resources=list(by_name)):
            kind = by_name[due["resource"]]
            record = await kind.lock(uow, due["record_id"])
            waiting = await lock(uow.connection, kind, record.id, due["id"])
            if waiting is not None and waiting["status"] == "pending":
                await end(uow, kind, record, waiting, "expired", "nobody confirmed it in time")
        await _FORGET.execute(uow.connection, resources=list(by_name))

    return expire


def waits_for_caller(resource: str, record: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a record has a pending transition that the caller may decide or proposed. Parameters:
    `as_second_person`."""
    return select(pending.c.id).where(pending.c.resource == resource, pending.c.record_id == record, waiting()).exists()


def waiting() -> ColumnElement[bool]:
    """The same condition on a pending transition."""
    me = any_(bindparam("pending_for", type_=ARRAY(Uuid)))
    anybodys = and_(
        pending.c.second_person.is_(None),
        bindparam("confirms", type_=Boolean),
        ~pending.c.concerned.overlap(bindparam("pending_for", type_=ARRAY(Uuid))),
    )
    return and_(_open, pending.c.expires_at > _now, or_(proposed(), pending.c.second_person == me, anybodys))


def proposed() -> ColumnElement[bool]:
    """The condition that the caller proposed a pending transition."""
    me = any_(bindparam("pending_for", type_=ARRAY(Uuid)))
    return or_(pending.c.proposer_id == me, pending.c.proposer_owner == me)


def as_second_person(who: Principal) -> Mapping[str, Any]:
    """The caller's parameters for `waiting`."""
    is_person = who.kind is PrincipalKind.ACCOUNT
    confirms = is_person and any(grant.role == OFFICE for grant in who.grants)
    return {"pending_for": [*who.identities], "confirms": confirms}
