"""Events that are sent again: the order is checked, and a job enters them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.access.notifying.feed import queries as feed
from services.access.notifying.feed.domain import Choice, Share, share_of, type_pattern
from services.access.notifying.webhooks import deliveries
from services.access.notifying.webhooks.choosing import choice_of
from services.access.notifying.webhooks.domain import MOST_REPLAYED
from services.access.notifying.webhooks.operations import REPLAY_JOB, WEBHOOKS
from shared.bulk.creators import principal_of
from shared.contracts.envelope import Fact
from shared.database.statements import Connection
from shared.kernel.errors import Invalid, NotFound
from shared.messaging.job_run import JobHandlers, JobRun

_PAGE = 1_000
_POSITION = "SELECT position FROM core_fact WHERE fact = $1"


async def refuse_large(connection: Connection, payload: Mapping[str, Any]) -> None:
    """Raises Invalid `replay_too_large` if the time has more events of the whole feed than one replay takes."""
    first, last = await _ends(connection, payload)
    if last - first > MOST_REPLAYED:
        detail = f"At most {MOST_REPLAYED} events of the feed; choose a shorter time."
        raise Invalid(detail, code="replay_too_large")


async def replay(run: JobRun) -> dict[str, Any]:
    """Enters the events of an order that the owner may read now, a thousand in a transaction."""
    key, payload = UUID(run.payload["webhook"]), run.payload
    async with run.unit_of_work() as uow:
        record = await WEBHOOKS.lock(uow, key)
        bounds = await _one(uow.connection, payload) if payload["event"] else await _ends(uow.connection, payload)
    principal = await principal_of(run.database, f"{record.owner_kind}:{record.owner_id}")
    share, choice = share_of(principal), _chosen(choice_of(record), payload["types"])
    after, last, entered = *bounds, 0
    while after < last:
        async with run.unit_of_work() as uow:
            is_new = await run.once(uow, f"after {after}")
            after, events = await _page(uow.connection, share, choice, after, last)
            if is_new:
                if payload["status"] == "failed":
                    failed = await deliveries.failed_among(uow.connection, key, [fact.id for _, fact in events])
                    events = [each for each in events if each[1].id in failed]
                await deliveries.enter(uow.connection, key, events, replay=True)
                entered += len(events)
        await run.progress(entered)
    return {"events": entered}


async def _page(
    connection: Connection, share: Share, choice: Choice, after: int, last: int
) -> tuple[int, Sequence[tuple[int, Fact]]]:
    page = await feed.page(connection, share, choice, after=after, limit=_PAGE)
    if page is None:
        raise NotFound("The events are no longer stored.")
    events = [each for each in zip(page.positions, page.facts, strict=True) if each[0] <= last]
    return min(page.upto, last), events


async def _ends(connection: Connection, payload: Mapping[str, Any]) -> tuple[int, int]:
    first, last = (datetime.fromisoformat(payload[name]) for name in ("from", "to"))
    return await feed.position_at(connection, first), await feed.position_at(connection, last)


async def _one(connection: Connection, payload: Mapping[str, Any]) -> tuple[int, int]:
    position = await connection.fetchval(_POSITION, UUID(payload["event"]))
    if position is None:
        raise NotFound("There is no such event.")
    return position - 1, position


def _chosen(choice: Choice, types: Sequence[str] | None) -> Choice:
    if types is None:
        return choice
    return Choice(tuple(map(type_pattern, types)), choice.countries, choice.records)


def job_handlers() -> JobHandlers:
    """The handler of replays."""
    return {REPLAY_JOB: replay}
