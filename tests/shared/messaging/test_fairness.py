"""Promise 51: jobs of different principals are taken in turn, and one principal never has all slots of bulk work."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.principal import SYSTEM, Principal, PrincipalKind
from shared.messaging.job_run import JobRun
from shared.messaging.outbox import defer
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import MessagingSettings
from tests.support.waiting import eventually
from tests.support.workers import at_work

Order = Callable[..., Awaitable[list[UUID]]]
_ALL_ENDED = "SELECT count(*) > 0 AND count(*) = count(finished_at) FROM core_job"


def an_account() -> Principal:
    return Principal(PrincipalKind.ACCOUNT, uuid4())


def a_key_of(owner: Principal) -> Principal:
    return Principal(PrincipalKind.KEY, uuid4(), owner=owner.id)


@pytest.fixture
def order(database: Database) -> Order:
    """Inserts so many jobs of one principal."""

    async def order(who: Principal, count: int = 1, *, bulk: bool = True) -> list[UUID]:
        async with unit_of_work(database, SYSTEM_CONTEXT, Origin(who)) as uow:
            return [
                defer(uow, "membership", "work", {"who": who.label}, created_by=who.label, bulk=bulk)
                for _ in range(count)
            ]

    return order


class Work:
    """The job: stores its start, and ends after some iterations of the event loop."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.running: Counter[str] = Counter()
        self.most_of_one = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self, run: JobRun) -> dict[str, Any]:
        who = run.payload["who"]
        self.begun.append(who)
        self.running[who] += 1
        self.most_of_one = max(self.most_of_one, self.running[who])
        await (self.gate.wait() if self.gate else asyncio.sleep(0.01))
        self.running[who] -= 1
        return {}


def working(settings: MessagingSettings, work: Work, workers: int = 1) -> Any:
    relay = Relay(settings, grace=0.2, backoff=0.05, poll=0.25)
    return at_work(relay, *(Worker("membership", settings, {}, {"work": work}) for _ in range(workers)))


async def _ended(admin: asyncpg.Connection) -> None:
    await eventually(lambda: admin.fetchval(_ALL_ENDED))


@pytest.mark.parametrize("bulk", [True, False])
async def test_one_order_does_not_wait_behind_sixty_of_another(
    bulk: bool, settings: MessagingSettings, order: Order, admin: asyncpg.Connection
) -> None:
    many, one = an_account(), an_account()
    await order(many, 60, bulk=bulk)
    await order(one, bulk=bulk)
    work = Work()
    async with working(settings, work):
        await _ended(admin)
    assert len(work.begun) == 61
    assert work.begun.index(one.label) <= 2


async def test_principals_take_turns(settings: MessagingSettings, order: Order, admin: asyncpg.Connection) -> None:
    people = [an_account() for _ in range(3)]
    for one in people:
        await order(one, 12)
    work = Work()
    async with working(settings, work):
        await _ended(admin)
    assert work.most_of_one == 1, "a worker runs one bulk job of a principal at a time"
    for place in range(1, 37):
        begun = Counter(work.begun[:place])
        counts = [begun[one.label] for one in people]
        assert max(counts) - min(counts) <= 2, work.begun


async def test_a_key_takes_the_share_of_its_owner(
    settings: MessagingSettings, order: Order, admin: asyncpg.Connection
) -> None:
    owner, other = an_account(), an_account()
    for _ in range(20):
        await order(a_key_of(owner))
    await order(owner, 5)
    await order(other)
    work = Work()
    async with working(settings, work):
        await _ended(admin)
    assert work.begun.index(other.label) <= 2


async def test_an_endless_job_leaves_a_place_to_others(
    settings: MessagingSettings, order: Order, admin: asyncpg.Connection
) -> None:
    many, one = an_account(), an_account()
    await order(many, 5)
    work = Work()
    work.gate = asyncio.Event()
    async with working(settings, work):
        await eventually(lambda: _value(work.begun))
        await order(one)
        await eventually(lambda: _value(len(work.begun) == 2))
        assert work.begun == [many.label, one.label]
        work.gate.set()
        await _ended(admin)


@pytest.mark.long("waits for a turn")
async def test_the_system_waits_for_what_somebody_ordered_but_not_for_ever(
    settings: MessagingSettings, order: Order, admin: asyncpg.Connection
) -> None:
    one = an_account()
    await order(one)
    work = Work()
    work.gate = asyncio.Event()
    async with working(settings, work):
        await eventually(lambda: _value(work.begun))
        (waiting,) = await order(SYSTEM)
        other, another = an_account(), an_account()
        await order(other)
        await eventually(lambda: _value(len(work.begun) == 2))
        work.gate.set()
        await eventually(lambda: _value(len(work.begun) == 3))
        work.gate.clear()
        await order(another)
        await eventually(lambda: _value(len(work.begun) == 4))
        (late,) = await order(SYSTEM)
        await admin.execute("UPDATE core_job SET created_at = created_at - interval '10 minutes' WHERE id = $1", late)
        await eventually(lambda: _value(len(work.begun) == 5))
        work.gate.set()
        await _ended(admin)
    assert work.begun == [one.label, other.label, "system", another.label, "system"]
    assert waiting != late


async def test_two_workers_take_every_job_once(
    settings: MessagingSettings, order: Order, admin: asyncpg.Connection
) -> None:
    people = [an_account() for _ in range(5)]
    for one in people:
        await order(one, 10, bulk=False)
    work = Work()
    async with working(settings, work, workers=2):
        await _ended(admin)
    assert Counter(work.begun) == {one.label: 10 for one in people}


async def _value(found: Any) -> Any:
    return found
