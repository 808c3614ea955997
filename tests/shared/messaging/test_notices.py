"""A process names the principals whose grants it changed: to its own caches at once, to others over Valkey."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from shared.messaging.notices import PRINCIPALS, received
from shared.messaging.notifier import Notifier
from tests.support.waiting import eventually


@pytest.fixture
def settings(database_url: str, redis_url: str) -> MembershipSettings:
    return MembershipSettings(database_url=database_url, redis_url=redis_url)


@asynccontextmanager
async def _running(settings: MembershipSettings) -> AsyncIterator[list[set[UUID] | None]]:
    """What the authenticator of a running app was made to forget."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        forgotten: list[set[UUID] | None] = []
        inner = app.state.authenticator.forget

        def forget(changed: set[UUID] | None = None) -> None:
            forgotten.append(changed)
            inner(changed)

        app.state.authenticator.forget = forget
        yield forgotten


async def test_every_app_hears_whose_grants_another_process_changed(settings: MembershipSettings) -> None:
    changed = {uuid4(), uuid4()}
    async with _running(settings) as one, _running(settings) as other, Notifier(settings.redis_url) as notifier:

        async def is_heard() -> bool:
            notifier.notify(changed)
            return changed in one and changed in other

        await eventually(is_heard, every=0.01)


async def test_own_caches_forget_before_the_notice_leaves() -> None:
    async with Notifier("redis://127.0.0.1:1/0") as notifier:
        heard: list[object] = []
        notifier.forgetting(heard.append)
        notifier.notify()
        changed = {uuid4()}
        notifier.notify(changed)
        assert heard == [changed]


async def test_a_receiver_knows_from_when_on_it_misses_nothing(redis_url: str) -> None:
    changed = uuid4()
    async with Notifier(redis_url) as notifier, asyncio.timeout(30):
        notices = received(redis_url, PRINCIPALS)
        assert await anext(notices) is None
        notifier.notify({changed})
        while str(changed).encode() not in (await anext(notices) or b""):
            pass
        await notices.aclose()
