"""The leases of webhooks: each is driven by one worker, whose writes name the fence of its lease."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.access.notifying.webhooks.domain import PINGED
from services.access.notifying.webhooks.record import Webhook
from shared.database.statements import Connection, Row
from shared.records.rows import record_of

LEASE = 10.0
"""Seconds after which others drive the webhooks of a worker that died."""
_CLAIM = """
WITH free AS (
    SELECT s.webhook_id FROM access_webhook_state s JOIN access_webhook w ON w.id = s.webhook_id
    WHERE s.expires_at < clock_timestamp() AND (w.status = 'active' OR w.status IN ('unverified', 'paused') AND EXISTS (
        SELECT FROM access_webhook_delivery d WHERE d.webhook_id = w.id AND d.status IN ('pending', 'retrying')
            AND d.type = $3))
    ORDER BY s.webhook_id LIMIT 1000 FOR UPDATE OF s SKIP LOCKED
)
UPDATE access_webhook_state s SET holder = $1, fence = s.fence + 1,
    expires_at = clock_timestamp() + make_interval(secs => $2)
FROM free WHERE s.webhook_id = free.webhook_id
"""
_RENEW = """
UPDATE access_webhook_state SET expires_at = clock_timestamp() + make_interval(secs => $2)
WHERE holder = $1 AND expires_at > clock_timestamp()
    AND expires_at < clock_timestamp() + make_interval(secs => $2 * 0.7)
"""
_HELD = """
SELECT s.webhook_id, s.fence, w.version FROM access_webhook_state s JOIN access_webhook w ON w.id = s.webhook_id
WHERE s.holder = $1 AND s.expires_at > clock_timestamp() AND w.status IN ('unverified', 'active', 'paused')
"""
_LOAD = """
SELECT w.*, s.fence, s.position, s.failures, s.failing_since, s.last_milliseconds,
    ARRAY(SELECT k.id FROM access_webhook_key k WHERE k.webhook_id = w.id ORDER BY k.id DESC) AS key_ids,
    ARRAY(SELECT k.sealed FROM access_webhook_key k WHERE k.webhook_id = w.id ORDER BY k.id DESC) AS key_contents,
    ARRAY(SELECT k.ends_at FROM access_webhook_key k WHERE k.webhook_id = w.id ORDER BY k.id DESC) AS key_ends
FROM access_webhook w JOIN access_webhook_state s ON s.webhook_id = w.id WHERE w.id = ANY($1)
"""
_RELEASE = "UPDATE access_webhook_state SET expires_at = '-infinity' WHERE holder = $1"
_DUE = """
SELECT webhook_id FROM access_webhook_delivery
WHERE status IN ('pending', 'retrying') AND webhook_id = ANY($1) AND next_attempt_at <= clock_timestamp()
GROUP BY webhook_id
"""
_DUE_OF = """
SELECT id, day, event_id, position, after_position, events, type, record, attempts
FROM access_webhook_delivery
WHERE webhook_id = $1 AND status IN ('pending', 'retrying') AND next_attempt_at <= clock_timestamp()
    AND id <> ALL($2) AND ($3 OR type = $4)
ORDER BY next_attempt_at, id LIMIT $5
"""
_ALL_DUE = """
UPDATE access_webhook_delivery SET next_attempt_at = clock_timestamp()
WHERE webhook_id = $1 AND status = 'retrying' AND next_attempt_at > clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A webhook as its driver needs it: with its state, and its keys, sealed, with the end of each, if it has one."""

    record: Webhook
    fence: int
    position: int
    failures: int
    failing_since: datetime | None
    milliseconds: int | None
    keys: Sequence[tuple[UUID, bytes, datetime | None]]


async def hold(connection: Connection, holder: UUID, lease: float) -> Mapping[UUID, tuple[int, int]]:
    """Renews the leases of a worker and takes free ones. Returns its webhooks, each with its fence and version."""
    await connection.execute(_RENEW, holder, lease)
    await connection.execute(_CLAIM, holder, lease, PINGED)
    return {row["webhook_id"]: (row["fence"], row["version"]) for row in await connection.fetch(_HELD, holder)}


async def load(connection: Connection, webhooks: Collection[UUID]) -> list[Loaded]:
    """These webhooks."""
    return [_loaded(row) for row in await connection.fetch(_LOAD, list(webhooks))]


async def release(connection: Connection, holder: UUID) -> None:
    """Lets others drive the webhooks of this worker."""
    await connection.execute(_RELEASE, holder)


async def with_due(connection: Connection, webhooks: Collection[UUID]) -> list[UUID]:
    """Those that have something to send again."""
    return [row["webhook_id"] for row in await connection.fetch(_DUE, list(webhooks))]


async def due_of(
    connection: Connection, webhook: UUID, *, without: Collection[UUID], is_active: bool, limit: int
) -> list[Row]:
    """What a webhook is to be sent again, the longest due first; pings alone unless it is active."""
    rows: list[Row] = await connection.fetch(_DUE_OF, webhook, list(without), is_active, PINGED, limit)
    return rows


async def make_all_due(connection: Connection, webhook: UUID) -> None:
    """Makes all that waits for another attempt due."""
    await connection.execute(_ALL_DUE, webhook)


def _loaded(row: Row) -> Loaded:
    keys = zip(row["key_ids"], row["key_contents"], row["key_ends"], strict=True)
    record: Any = record_of(Webhook, row)
    state = (row["fence"], row["position"], row["failures"], row["failing_since"], row["last_milliseconds"])
    return Loaded(record, *state, list(keys))
