"""What came of attempts, written in batches. A worker without its lease writes nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.database.unit_of_work import unit_of_work

EVERY = 0.05
"""Seconds between two batches."""
_STATES = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::integer[], $5::timestamptz[], $6::timestamptz[],
        $7::text[], $8::integer[], $9::timestamptz[])
        AS g (webhook, fence, position, failures, failing_since, last_success, last_problem, milliseconds, verified)
), locked AS (
    SELECT s.webhook_id FROM access_webhook_state s JOIN given g ON s.webhook_id = g.webhook AND s.fence = g.fence
    ORDER BY s.webhook_id FOR UPDATE OF s
)
UPDATE access_webhook_state s SET position = g.position, failures = g.failures, failing_since = g.failing_since,
    last_success_at = coalesce(g.last_success, s.last_success_at), last_problem = g.last_problem,
    last_milliseconds = g.milliseconds, verified_at = coalesce(g.verified, s.verified_at),
    mailed = CASE WHEN g.failing_since IS NULL THEN 0 ELSE s.mailed END
FROM given g, locked l WHERE s.webhook_id = g.webhook AND l.webhook_id = s.webhook_id RETURNING s.webhook_id
"""
_ENTER = """
INSERT INTO access_webhook_delivery (id, day, webhook_id, event_id, position, after_position, events, type, record,
    country, status, next_attempt_at, attempts, milliseconds, last_at)
SELECT id, (now() AT TIME ZONE 'UTC')::date, webhook, event, position, after_position, events, type, record, country,
    status, next_attempt, ('[' || attempt || ']')::jsonb, milliseconds, at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::integer[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::integer[], $14::timestamptz[])
    AS g (id, webhook, event, position, after_position, events, type, record, country, status, next_attempt, attempt,
        milliseconds, at)
"""
_CHANGE = """
UPDATE access_webhook_delivery d SET status = g.status, next_attempt_at = g.next_attempt,
    attempts = d.attempts || g.attempt::jsonb, milliseconds = g.milliseconds, last_at = g.at
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::timestamptz[], $5::text[], $6::integer[], $7::timestamptz[])
    AS g (id, day, status, next_attempt, attempt, milliseconds, at)
WHERE d.id = g.id AND d.day = g.day AND d.status IN ('pending', 'retrying')
"""


@dataclass(slots=True)
class State:
    """How a webhook does, as its driver knows it."""

    webhook: UUID
    fence: int
    position: int
    failures: int
    failing_since: datetime | None
    milliseconds: int | None
    last_success: datetime | None = None
    last_problem: str | None = None
    verified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `row` is that of the delivery, if it has one; else these are its columns."""

    webhook: UUID
    status: str
    next_attempt: datetime | None
    attempt: str
    milliseconds: int
    at: datetime
    columns: Mapping[str, Any]
    row: Mapping[str, Any] | None = None


class Outcomes:
    """The batches of a worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._states: dict[UUID, State] = {}
        self._outcomes: list[Outcome] = []
        self._waiting: list[asyncio.Future[frozenset[UUID]]] = []
        self._given = asyncio.Event()

    def note(self, state: State, *outcomes: Outcome) -> asyncio.Future[frozenset[UUID]]:
        """Writes this soon. The future has the webhooks of the batch whose lease this worker holds."""
        self._states[state.webhook] = state
        self._outcomes += outcomes
        written: asyncio.Future[frozenset[UUID]] = asyncio.get_running_loop().create_future()
        self._waiting.append(written)
        self._given.set()
        return written

    async def run(self) -> None:
        """Writes until it is cancelled. What could not be written is written again."""
        while True:
            await self._given.wait()
            await asyncio.sleep(EVERY)
            await self.write()

    async def write(self) -> None:
        """Writes what is waiting, in one transaction."""
        self._given.clear()
        states = {key: replace(state) for key, state in self._states.items()}
        outcomes, waiting = self._outcomes, self._waiting
        self._states, self._outcomes, self._waiting = {}, [], []
        if not states:
            return
        try:
            async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
                held = await _write_states(uow.connection, [states[key] for key in sorted(states)])
                await _write_outcomes(uow.connection, [one for one in outcomes if one.webhook in held])
        except BaseException:
            self._states = {**states, **self._states}
            self._outcomes = outcomes + self._outcomes
            self._waiting = waiting + self._waiting
            self._given.set()
            raise
        for written in waiting:
            if not written.done():
                written.set_result(held)


async def _write_states(connection: Connection, states: list[State]) -> frozenset[UUID]:
    columns = [
        [getattr(one, name) for one in states]
        for name in (
            "webhook", "fence", "position", "failures", "failing_since", "last_success", "last_problem",
            "milliseconds", "verified",
        )
    ]  # fmt: skip
    return frozenset(row["webhook_id"] for row in await connection.fetch(_STATES, *columns))


async def _write_outcomes(connection: Connection, outcomes: list[Outcome]) -> None:
    new = [one for one in outcomes if one.row is None]
    if new:
        await connection.execute(
            _ENTER,
            [uuid7() for _ in new],
            [one.webhook for one in new],
            *([one.columns[name] for one in new] for name in (
                "event_id", "position", "after_position", "events", "type", "record", "country",
            )),
            [one.status for one in new],
            [one.next_attempt for one in new],
            [one.attempt for one in new],
            [one.milliseconds for one in new],
            [one.at for one in new],
        )  # fmt: skip
    known = [(one, one.row) for one in outcomes if one.row is not None]
    if known:
        await connection.execute(
            _CHANGE,
            [row["id"] for _, row in known],
            [row["day"] for _, row in known],
            [one.status for one, _ in known],
            [one.next_attempt for one, _ in known],
            [one.attempt for one, _ in known],
            [one.milliseconds for one, _ in known],
            [one.at for one, _ in known],
        )
