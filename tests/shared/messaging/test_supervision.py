"""A process whose parts end by themselves ends, so that another takes its place."""

import asyncio

import pytest

from services.membership.settings import MembershipSettings
from shared.messaging.supervision import TaskEnded, wait_for_stop
from shared.messaging.wakeup import WakeUp
from shared.messaging.worker import Worker


async def test_a_stop_ends_the_waiting() -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(asyncio.sleep(3600))
    waiting = asyncio.create_task(wait_for_stop(stop, [working]))
    await asyncio.sleep(0)
    assert not waiting.done()
    stop.set()
    await waiting
    working.cancel()


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_task_that_ends_before_the_stop_is_named(is_cancelled: bool) -> None:
    async def part() -> None:
        if is_cancelled:
            raise asyncio.CancelledError

    with pytest.raises(TaskEnded, match=r"^jobs$"):
        await wait_for_stop(asyncio.Event(), [asyncio.create_task(part(), name="jobs")])


async def test_a_worker_ends_where_one_of_its_parts_does(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled(_wakeup: object, _url: str) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(WakeUp, "listen", cancelled)
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url)
    with pytest.raises(TaskEnded, match="wakeup"):
        await Worker("membership", settings, {}).work()
