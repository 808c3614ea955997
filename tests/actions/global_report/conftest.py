"""A worker of actions that sends mail."""

from collections.abc import AsyncIterator

import pytest

from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from tests.support.mailbox import Mailbox
from tests.support.workers import at_work, drop_jobs, without_relay


@pytest.fixture
async def posted(
    mailbox: Mailbox, settings: ActionsSettings, database_url: str, redis_url: str
) -> AsyncIterator[Mailbox]:
    """The mailbox while a worker sends to it."""
    await drop_jobs(database_url)
    sending = ActionsSettings(
        database_url=database_url,
        redis_url=redis_url,
        storage_path=settings.storage_path,
        smtp_url=mailbox.url,
        issuer="https://escm.test",
    )
    async with at_work(without_relay(create_worker(sending))):
        yield mailbox
