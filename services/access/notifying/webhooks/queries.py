"""Reading webhooks, with how they do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, cast, delete, func, literal_column, select, true, update
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, insert
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE
from services.access.notifying.feed.domain import SCANNED
from services.access.notifying.feed.queries import within
from services.access.notifying.webhooks.domain import LIFECYCLE
from services.access.notifying.webhooks.record import Webhook
from services.access.notifying.webhooks.tables import webhook, webhook_key, webhook_state
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.messaging.tables import core_fact
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import read_columns, renderer
from shared.records.listing import reference
from shared.records.plain import listing_by_state
from shared.records.rows import records_of

_INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_of_this = webhook_state.c.webhook_id == webhook.c.id
_head: ColumnElement[Any] = literal_column("(SELECT head FROM core_feed_ends)")
_next = select(core_fact.c.sequenced_at).where(core_fact.c.position == webhook_state.c.position + 1).scalar_subquery()
_reach = webhook_state.c.reach
_missed = (
    select(func.count().label("events"), func.min(core_fact.c.sequenced_at).label("first"))
    .where(
        _reach.is_not(None),
        core_fact.c.position > webhook_state.c.position,
        core_fact.c.position <= webhook_state.c.position + literal_column(str(SCANNED)),
        within(_reach),
    )
    .lateral("missed")
)
_first = case((_reach.is_(None), _next), else_=_missed.c.first)


def _shown(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.to_char(func.timezone("UTC", instant), _INSTANT)


_parts: Mapping[str, ColumnElement[Any]] = {
    "events": case((_reach.is_(None), func.greatest(_head - webhook_state.c.position, 0)), else_=_missed.c.events),
    "seconds": func.greatest(func.coalesce(func.date_part("epoch", func.clock_timestamp() - _first), 0), 0),
    "failures": webhook_state.c.failures,
    "milliseconds": webhook_state.c.last_milliseconds,
    "last_success": _shown(webhook_state.c.last_success_at),
    "last_problem": webhook_state.c.last_problem,
}
_state = (
    select(func.jsonb_build_object(*chain(*_parts.items())))
    .select_from(webhook_state.join(_missed, true()))
    .where(_of_this)
    .scalar_subquery()
)
_key_parts: Mapping[str, ColumnElement[Any]] = {
    "id": webhook_key.c.id,
    "public": webhook_key.c.public,
    "from": _shown(webhook_key.c.starts_at),
    "until": _shown(webhook_key.c.ends_at),
}
_key = func.jsonb_build_object(*chain(*_key_parts.items()))
_keys = (
    select(func.jsonb_agg(aggregate_order_by(_key, webhook_key.c.id.desc())))
    .where(
        webhook_key.c.webhook_id == webhook.c.id,
        func.coalesce(webhook_key.c.ends_at, literal_column("'infinity'::timestamptz")) > func.clock_timestamp(),
    )
    .scalar_subquery()
)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **read_columns(Webhook, webhook),
    "state": cast(_state, JSONB).label("state"),
    "keys": cast(_keys, JSONB).label("keys"),
}
render = renderer(read_columns(Webhook, webhook))
_is_living = webhook.c.status != constant("ended")
_OWN = Lookup(select(webhook.c.id).where(webhook.c.owner_id == bindparam("owner")).limit(10_000))
_LIVING = Statement(select(func.count()).where(webhook.c.owner_id == bindparam("owner"), _is_living))
_LOCK_LIVING = Statement(
    select(webhook).where(webhook.c.owner_id == bindparam("owner"), _is_living).order_by(webhook.c.id).with_for_update()
)
_STATE = Lookup(select(webhook_state).where(webhook_state.c.webhook_id == bindparam("webhook")).limit(1))
_ADD_STATE = "INSERT INTO access_webhook_state (webhook_id, position, reach) SELECT $1, head, $2 FROM core_feed_ends"
_NOTE_REACH = """
UPDATE access_webhook_state SET reach = $2 WHERE webhook_id = $1 AND reach IS DISTINCT FROM $2
"""
_UNHELD = {"fence": webhook_state.c.fence + 1, "expires_at": literal_column("'-infinity'::timestamptz")}
_BEGIN_AGAIN = Statement(
    update(webhook_state)
    .where(webhook_state.c.webhook_id == bindparam("webhook"))
    .values(**_UNHELD, verified_at=None, failures=0, failing_since=None, mailed=0)
)
_TO_HEAD = Statement(
    update(webhook_state).where(webhook_state.c.webhook_id == bindparam("webhook")).values(**_UNHELD, position=_head)
)
_ADD_KEY = Statement(
    insert(webhook_key).values(
        {name: bindparam(name) for name in ("id", "webhook_id", "sealed", "public", "starts_at")}
    )
)
_END_KEYS = Statement(
    update(webhook_key)
    .where(
        webhook_key.c.webhook_id == bindparam("webhook"),
        func.coalesce(webhook_key.c.ends_at, literal_column("'infinity'::timestamptz")) > bindparam("until"),
    )
    .values(ends_at=bindparam("until"))
)
_DROP_KEYS = Statement(delete(webhook_key).where(webhook_key.c.webhook_id == bindparam("webhook")))


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Webhooks that the caller may read; none is published."""
    return select(webhook).where(visible(webhook, access_kind, NO_STATE))


LISTING = listing_by_state(
    webhook,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    reference("owner_id", webhook.c.owner_id),
)


async def own(connection: Connection, owner: UUID) -> list[UUID]:
    """The webhooks of one owner in any state."""
    return [row["id"] for row in await _OWN.fetch(connection, owner=owner)]


async def living(connection: Connection, owner: UUID) -> int:
    """The number of an owner's webhooks that have not ended. Locks the owner until the transaction ends."""
    await lock_names(connection, f"webhooks of {owner}")
    found: int = await _LIVING.fetchval(connection, owner=owner)
    return found


async def lock_living(connection: Connection, owner: UUID) -> list[Webhook]:
    """The webhooks of an owner that have not ended, locked."""
    return records_of(Webhook, await _LOCK_LIVING.fetch(connection, owner=owner))


async def state_of(connection: Connection, key: UUID) -> Row | None:
    """How a webhook does."""
    return await _STATE.fetchrow(connection, webhook=key)


async def add_state(connection: Connection, key: UUID, reach: Sequence[str] | None) -> None:
    """A new webhook begins at the end of the feed."""
    await connection.execute(_ADD_STATE, key, reach)


async def note_reach(connection: Connection, key: UUID, reach: Sequence[str] | None) -> None:
    """What its owner's share of the feed reaches."""
    await connection.execute(_NOTE_REACH, key, reach)


async def begin_again(connection: Connection, key: UUID) -> None:
    """Its address has answered nothing yet, and failed at nothing. Whoever drives the webhook loses it."""
    await _BEGIN_AGAIN.execute(connection, webhook=key)


async def skip_to_head(connection: Connection, key: UUID) -> None:
    """Goes on at the end of the feed. Whoever drives the webhook loses it."""
    await _TO_HEAD.execute(connection, webhook=key)


async def add_key(connection: Connection, key: UUID, **columns: Any) -> None:
    """Adds a key that signs from now on."""
    await _ADD_KEY.execute(connection, webhook_id=key, **columns)


async def end_keys(connection: Connection, key: UUID, until: datetime) -> None:
    """Ends the present keys at an instant."""
    await _END_KEYS.execute(connection, webhook=key, until=until)


async def drop_keys(connection: Connection, key: UUID) -> None:
    """Deletes all keys."""
    await _DROP_KEYS.execute(connection, webhook=key)
