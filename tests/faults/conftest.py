"""One cluster for all tests of process faults, healed before each; the seed of their schedules."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.faults.cluster import Cluster, open_cluster
from tests.faults.history import History

SEED = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1 << 32))
os.environ["FAULT_SEED"] = str(SEED)  # for the processes that xdist starts


def pytest_configure() -> None:
    """The harness has asyncio's own event loop, whose sockets can be cut at any time."""
    asyncio.set_event_loop_policy(None)


def pytest_report_header() -> str:
    return f"faults: FAULT_SEED={SEED} replays this schedule"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any) -> Any:
    """Adds to a failure how to replay it, and the ends of the processes' logs."""
    report = (yield).get_result()
    if report.failed:
        report.sections.append(("faults", f"replay with FAULT_SEED={SEED}"))
        if (cluster := item.funcargs.get("cluster")) is not None:
            report.sections.append(("processes", cluster.log_tails()))


@pytest_asyncio.fixture(scope="session")
async def running_cluster() -> AsyncIterator[Cluster]:
    async with open_cluster() as cluster:
        yield cluster


@pytest.fixture
async def cluster(running_cluster: Cluster) -> AsyncIterator[Cluster]:
    """The cluster without any fault; faults of a test are reverted after it."""
    await running_cluster.heal()
    yield running_cluster
    await running_cluster.heal()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The same numbers for the same seed and test."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def history(request: pytest.FixtureRequest, chance: random.Random) -> History:
    return History(f"h{chance.randrange(1 << 40):010x}-")
