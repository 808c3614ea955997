"""What was sent and what is to be: reading it, replaying it, counting it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, any_, bindparam, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.notifying.webhooks.domain import OPEN, PINGED
from services.access.notifying.webhooks.record import Webhook
from services.access.notifying.webhooks.tables import webhook_delivery as delivery
from shared.contracts.envelope import Fact
from shared.database.context import within_context
from shared.database.ids import uuid7
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant

_of_webhook = delivery.c.webhook_id == bindparam("webhook")
_is_open = delivery.c.status == any_(bindparam("open", type_=ARRAY(Text)))
_CANCEL = Statement(update(delivery).where(_of_webhook, _is_open).values(status="cancelled", next_attempt_at=None))
_ADD = """
INSERT INTO access_webhook_delivery (id, day, webhook_id, event_id, position, type, record, country, status, replay,
    next_attempt_at)
SELECT unnest($1::uuid[]), (now() AT TIME ZONE 'UTC')::date, $2, unnest($3::uuid[]), unnest($4::bigint[]),
    unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), 'pending', $8, clock_timestamp()
"""
_FAILED = Statement(
    select(delivery.c.event_id).where(
        _of_webhook,
        delivery.c.status == any_(bindparam("failed", type_=ARRAY(Text))),
        delivery.c.event_id == any_(bindparam("events", type_=ARRAY(delivery.c.event_id.type))),
    )
)


def _figures(step: str) -> Select[Any]:
    at = func.date_trunc(literal_column(f"'{step}'"), delivery.c.last_at, literal_column("'UTC'"))
    counts = [func.count().filter(delivery.c.status == constant(name)).label(name) for name in _COUNTED]
    times = [
        func.percentile_disc(share).within_group(delivery.c.milliseconds).label(name)
        for name, share in (("p50", 0.5), ("p95", 0.95))
    ]
    since, until = bindparam("since", type_=Instant), bindparam("until", type_=Instant)
    query = select(at.label("at"), *counts, *times).where(
        _of_webhook,
        delivery.c.last_at >= since,
        delivery.c.last_at < until,
        delivery.c.day.between(cast(func.timezone("UTC", since), Date) - _LONGEST_LIFE, cast(until, Date) + 1),
    )
    return within_context(query.group_by(at).order_by(at))


_COUNTED = ("delivered", "retrying", "exhausted", "cancelled")
_LONGEST_LIFE = 5
"""Days from the first to the last attempt of an event, at most."""
_FIGURES = Shapes(_figures)


def _list(by_status: bool, by_event: bool, after: bool) -> Select[Any]:
    query = select(delivery).where(_of_webhook)
    if by_status:
        query = query.where(delivery.c.status == any_(bindparam("statuses", type_=ARRAY(Text))))
    if by_event:
        query = query.where(cast(delivery.c.event_id, Text) == bindparam("event"))
    if after:
        query = query.where(delivery.c.id < bindparam("after"))
    return within_context(query.order_by(delivery.c.id.desc()).limit(bindparam("limit")))


_LISTS = Shapes(_list)


def ping_of(webhook: Webhook) -> Fact:
    """A ping of a webhook, under a new id."""
    link = Webhook.resource_type.link(webhook.id)
    return Fact(type=PINGED, subject=webhook.id, ref=webhook.ref, version=webhook.version, link=link)


async def page(
    connection: Connection,
    parameters: Mapping[str, str],
    key: UUID,
    *,
    statuses: Sequence[str] | None,
    event: str | None,
    after: UUID | None,
    limit: int,
) -> list[Row]:
    """The deliveries of a webhook, the newest first."""
    statement = _LISTS.get(statuses is not None, event is not None, after is not None)
    return await statement.fetch(
        connection, webhook=key, statuses=statuses, event=event, after=after, limit=limit, **parameters
    )


async def enter(
    connection: Connection, key: UUID, events: Sequence[tuple[int | None, Fact]], *, replay: bool = False
) -> None:
    """Enters events that are due now, with their positions."""
    await connection.execute(
        _ADD,
        [uuid7() for _ in events],
        key,
        [fact.id for _, fact in events],
        [position for position, _ in events],
        [fact.type for _, fact in events],
        [fact.ref for _, fact in events],
        [fact.country for _, fact in events],
        replay,
    )


async def cancel_open(connection: Connection, key: UUID) -> None:
    """Cancels what waits for another attempt."""
    await _CANCEL.execute(connection, webhook=key, open=OPEN)


async def failed_among(connection: Connection, key: UUID, events: Sequence[UUID]) -> frozenset[UUID]:
    """The events of these that were not delivered."""
    rows = await _FAILED.fetch(connection, webhook=key, events=events, failed=["exhausted", "cancelled"])
    return frozenset(row["event_id"] for row in rows)


async def figures(
    connection: Connection, parameters: Mapping[str, str], key: UUID, since: datetime, until: datetime, step: str
) -> list[Row]:
    """Outcomes and times by hour or day."""
    return await _FIGURES.get(step).fetch(connection, webhook=key, since=since, until=until, **parameters)


async def tidy(connection: Connection) -> None:
    """Makes partitions ahead and drops those older than 90 days; deletes what was delivered more than 30 days ago, and
    the beginnings of answers after 7."""
    await connection.execute("SELECT access_webhook_rotate_partitions()")
    await connection.execute(
        "DELETE FROM access_webhook_delivery WHERE status = 'delivered' AND day < (now() AT TIME ZONE 'UTC')::date - 30"
    )
    await connection.execute(_FORGET_HEADS)


_FORGET_HEADS = """
UPDATE access_webhook_delivery SET attempts = (
    SELECT jsonb_agg(CASE WHEN (one ->> 'at')::timestamptz < now() - interval '7 days'
        THEN one - 'answer_head' ELSE one END ORDER BY place)
    FROM jsonb_array_elements(attempts) WITH ORDINALITY AS each (one, place))
WHERE attempts @? '$[*].answer_head' AND day < (now() AT TIME ZONE 'UTC')::date - 7
    AND EXISTS (SELECT FROM jsonb_array_elements(attempts) one
        WHERE one ? 'answer_head' AND (one ->> 'at')::timestamptz < now() - interval '7 days')
"""
