"""Sending: one recipient after the other is taken in a transaction, tried, and settled in the next one. A recipient
whose job ended in between is `unknown`, since the mail server may have the mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, or_, select, update

from services.membership.mailing.broadcasts import domain, segments
from services.membership.mailing.broadcasts.operations import BROADCASTS, SEND_JOB
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.tables import broadcast, recipient
from services.membership.register.experts.tables import expert
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.kernel.text import email_key
from shared.mail.tokens import digest, new_token
from shared.messaging.outbox import defer
from shared.messaging.tables import core_job
from shared.records.access_scope import constant
from shared.records.rows import record_of

_AT_ONCE = 10_000
_MOST_ACTIVE = 100
_EXCLUDED_AT_ONCE = 500
_key = bindparam("key", type_=Uuid)
_is_queued = recipient.c.outcome == constant(domain.QUEUED)
_is_sending = recipient.c.outcome == constant(domain.SENDING)
_of_broadcast = recipient.c.broadcast_id == _key
_of_cancelled = select(recipient.c.id).where(
    _is_queued,
    recipient.c.broadcast_id.in_(select(broadcast.c.id).where(broadcast.c.status == constant("cancelled"))),
)
_ACTIVE = Statement(
    select(broadcast.c.id)
    .where(
        broadcast.c.status == constant("sending"),
        or_(broadcast.c.send_at.is_(None), broadcast.c.send_at <= bindparam("at")),
    )
    .order_by(broadcast.c.id)
    .limit(_MOST_ACTIVE)
)
_LOCK = Statement(
    select(broadcast).where(broadcast.c.id == _key, broadcast.c.status == constant("sending")).with_for_update()
)
_FROZEN = Statement(update(broadcast).where(broadcast.c.id == _key).values(frozen_at=bindparam("at")))
_recent = and_(_of_broadcast, recipient.c.tried_at > bindparam("since"))
_PACE = Statement(
    select(
        select(func.count()).where(_recent).scalar_subquery().label("tried"),
        select(recipient.c.id).where(_recent, _is_queued).exists().label("is_slowed"),
    )
)
_NEXT = Statement(
    select(
        recipient.c.id,
        recipient.c.expert_id,
        recipient.c.language,
        recipient.c.delays,
        segments.EXCLUSION.label("exclusion"),
        segments.ADDRESS.label("address"),
    )
    .select_from(recipient.join(expert, expert.c.id == recipient.c.expert_id))
    .where(_of_broadcast, _is_queued, recipient.c.due_at <= bindparam("at"))
    .order_by(recipient.c.due_at, recipient.c.id)
    .limit(1)
    .with_for_update(of=recipient)
)
_of_type = (core_job.c.service == constant("membership"), core_job.c.job_type == SEND_JOB)
_OTHERS = Statement(
    select(
        select(core_job.c.id)
        .where(*_of_type, core_job.c.status == constant("running"), core_job.c.id < bindparam("job"))
        .exists()
    )
)
_DUE = Statement(
    select(
        and_(
            or_(
                select(broadcast.c.id).where(broadcast.c.status == constant("sending")).exists(),
                _of_cancelled.exists(),
            ),
            ~select(core_job.c.id)
            .where(*_of_type, core_job.c.status.in_([constant("queued"), constant("running")]))
            .exists(),
        )
    )
)
_OPEN = Statement(select(select(recipient.c.id).where(_of_broadcast, or_(_is_queued, _is_sending)).exists()))
_TAKE = Statement(
    update(recipient)
    .where(recipient.c.id == _key)
    .values(
        outcome=domain.SENDING,
        tried_at=bindparam("at"),
        job_id=bindparam("job"),
        address_digest=bindparam("address"),
        token_digest=bindparam("token"),
    )
)
_SETTLE = Statement(
    update(recipient)
    .where(recipient.c.id == _key, _is_sending, recipient.c.job_id == bindparam("job"))
    .values({name: bindparam(f"new_{name}") for name in ("outcome", "reason", "due_at", "delays")})
)
_EXCLUDE = Statement(
    update(recipient).where(recipient.c.id == _key).values(outcome=domain.EXCLUDED, reason=bindparam("why"))
)
_LOSE = Statement(
    update(recipient)
    .where(
        _is_sending,
        ~select(core_job.c.id)
        .where(
            core_job.c.id == recipient.c.job_id,
            core_job.c.id != bindparam("job"),
            core_job.c.status == constant("running"),
        )
        .exists(),
    )
    .values(outcome=domain.UNKNOWN)
)
_CANCEL = Statement(
    update(recipient)
    .where(recipient.c.id.in_(_of_cancelled.limit(_AT_ONCE).with_for_update()))
    .values(outcome=domain.EXCLUDED, reason=domain.CANCELLED)
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A recipient who was taken, with the broadcast. `token` is for unsubscribing; empty for mails of the service."""

    id: UUID
    broadcast: Broadcast
    address: str
    language: str
    token: str
    delays: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a recipient who was taken."""

    outgoing: Outgoing
    outcome: str
    reason: str | None = None

    @classmethod
    def of_delay(cls, outgoing: Outgoing) -> "Settlement":
        """The mail server has put the mail off: it is tried again, up to a bound."""
        if outgoing.delays + 1 >= domain.MOST_DELAYS:
            return cls(outgoing, domain.REFUSED, domain.NOT_TAKEN)
        return cls(outgoing, domain.QUEUED)

    @property
    def columns(self) -> dict[str, object]:
        """The columns of the recipient."""
        delays = self.outgoing.delays + (self.outcome == domain.QUEUED)
        due_at = domain.next_try(delays, now()) if self.outcome == domain.QUEUED else self.outgoing.at
        return {"new_outcome": self.outcome, "new_reason": self.reason, "new_due_at": due_at, "new_delays": delays}


async def send_due(uow: UnitOfWork) -> None:
    """Assigns the sending to the worker if a broadcast is sending or was cancelled, and the worker has no such job."""
    if await _DUE.fetchval(uow.connection):
        defer(uow, "membership", SEND_JOB, {}, created_by=SYSTEM.label)


async def begin(uow: UnitOfWork, job: UUID) -> bool:
    """Settles what ended jobs and earlier attempts of this one have left. False if an earlier job is sending."""
    await _LOSE.execute(uow.connection, job=job)
    return not await _OTHERS.fetchval(uow.connection, job=job)


async def exclude_cancelled(uow: UnitOfWork) -> bool:
    """Excludes up to 10,000 queued recipients of cancelled broadcasts. False if there was none."""
    return await _CANCEL.execute(uow.connection) != "UPDATE 0"


async def active(connection: Connection) -> list[UUID]:
    """The broadcasts that are sending, whose time has come; at most 100."""
    return [row["id"] for row in await _ACTIVE.fetch(connection, at=now())]


async def settle(uow: UnitOfWork, job: UUID, settlement: Settlement) -> None:
    """Stores what became of a recipient, unless another attempt has settled it."""
    await _SETTLE.execute(uow.connection, key=settlement.outgoing.id, job=job, **settlement.columns)


async def take(uow: UnitOfWork, job: UUID, key: UUID) -> Outgoing | None:
    """The next recipient of a broadcast, taken. None if the broadcast is not sending, has sent enough in this minute or
    was slowed down by the mail server. Lists the recipients before the first, and finishes after the last."""
    row = await _LOCK.fetchrow(uow.connection, key=key)
    if row is None:
        return None
    found, at = record_of(Broadcast, row), now()
    if found.frozen_at is None:
        await segments.freeze(uow.connection, found, at)
        await _FROZEN.execute(uow.connection, key=key, at=at)
    pace = await _PACE.fetchrow(uow.connection, key=key, since=at - domain.PACE)
    if pace is None or pace["is_slowed"] or pace["tried"] >= found.per_minute:
        return None
    for _ in range(_EXCLUDED_AT_ONCE):
        row = await _NEXT.fetchrow(uow.connection, key=key, at=at, purpose=found.purpose)
        if row is None:
            break
        if row["exclusion"] is None:
            token = new_token() if found.purpose == domain.OUTREACH else ""
            await _TAKE.execute(
                uow.connection,
                key=row["id"],
                at=at,
                job=job,
                address=digest(email_key(row["address"])),
                token=digest(token) if token else None,
            )
            return Outgoing(row["id"], found, row["address"], row["language"], token, row["delays"], at)
        await _EXCLUDE.execute(uow.connection, key=row["id"], why=row["exclusion"])
    if not await _OPEN.fetchval(uow.connection, key=key):
        await BROADCASTS.apply_scheduled(uow, found, "finish")
    return None
