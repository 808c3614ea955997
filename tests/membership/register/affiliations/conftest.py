"""A register that only these tests write, and the work of the matching job."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import httpx
import pytest

from services.membership.app import create_app
from services.membership.register.affiliations.matching import Matcher
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import serving

Match = Callable[..., Awaitable[int]]


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    return database_named("affiliations")


@pytest.fixture(scope="session")
async def membership(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield client


@pytest.fixture
def match(database: Database) -> Match:
    """Runs the job's work to the end; with an instant, on texts checked before it without a match. Returns how many."""

    async def work(before: datetime | None = None) -> int:
        matcher, done = Matcher(before), 0
        while True:
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                found = await matcher.batch(uow)
            done += found
            if not found:
                return done

    return work
