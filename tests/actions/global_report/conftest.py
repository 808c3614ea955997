"""The workers of actions, one of which sends mail, and the public API in this process."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from services.actions.global_report.publishing_worker import create_worker as publishing_worker
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.reading.api import PublicApi
from tests.support.callers import Caller, serving
from tests.support.centres import entered, stepped
from tests.support.editions import FIGURES, editor, figure_body
from tests.support.mailbox import Mailbox
from tests.support.review import UnderReview, under_review
from tests.support.services import ToServices
from tests.support.workers import at_work, drop_jobs, without_relay


@pytest.fixture
async def posted(
    mailbox: Mailbox, settings: ActionsSettings, database_url: str, redis_url: str
) -> AsyncIterator[Mailbox]:
    """The mailbox while the workers run, one of which sends to it."""
    await drop_jobs(database_url)
    sending = ActionsSettings(
        database_url=database_url,
        redis_url=redis_url,
        storage_path=settings.storage_path,
        smtp_url=mailbox.url,
        issuer="https://escm.test",
    )
    async with at_work(without_relay(create_worker(sending)), without_relay(publishing_worker(sending))):
        yield mailbox


@pytest.fixture(scope="session")
async def membership(
    settings: ActionsSettings, actions: httpx.AsyncClient, database_url: str, redis_url: str
) -> AsyncIterator[httpx.AsyncClient]:
    """The membership app beside that of actions, which reads the public API of both."""
    app = create_membership(MembershipSettings(database_url=database_url, redis_url=redis_url))
    async with serving(app) as client:
        transport: Any = actions._transport
        of_actions = transport.app
        reading = PublicApi(
            settings.model_copy(update={"api_seconds": 60}), ToServices({"membership": app, "actions": of_actions})
        )
        of_actions.state.public_api = reading
        yield client
        await reading.close()


@pytest.fixture
async def frozen(
    admin: Caller,
    posted: Mailbox,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Caller, UnderReview]:
    """An editor-in-chief, and a frozen edition in English and Arabic with a cleared text and a figure."""
    assert membership
    text = await under_review(admin, superuser, monkeypatch)
    chief = editor(admin, text.edition, monkeypatch, "editor_in_chief")
    changed = await chief.change(text.edition_path, languages=["ar", "en"])
    assert changed.status_code == 200, changed.text
    headlines = {"path": "/actions/v1/statistics/headlines", "parameters": {}}
    await entered(chief, FIGURES, figure_body(text.edition, query=headlines))
    await stepped(text.editor, text.contribution, "clear")
    await stepped(chief, text.edition, "close_call")
    await stepped(chief, text.edition, "freeze")
    return chief, text
