"""The whole system with a console, over a database that only these tests write."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.console import ConsoleSystem, console_system


@pytest.fixture(scope="session")
def console_database_url(database_named: Callable[[str], str]) -> str:
    return database_named("console")


@pytest.fixture(scope="session")
async def console(
    console_database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ConsoleSystem]:
    storage: Path = tmp_path_factory.mktemp("files")
    async with console_system(console_database_url, redis_url, storage_path=storage) as found:
        yield found


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    """A queue of its own: a worker runs on it."""
    return new_queue()
