"""The API stopped: a portal in front of the running system, whose line to it is cut, in Chromium."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from services.portal.app import create_app
from services.portal.settings import PortalSettings
from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import barriers
from tests.faults.proxy import FaultProxy
from tests.support.running import eventually


class _Front(threading.Thread):
    """A portal over a line to the API that a test cuts, on a loop of its own."""

    def __init__(self, api: int) -> None:
        super().__init__(daemon=True)
        self._line = FaultProxy(api)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.server: uvicorn.Server | None = None

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._line.start()
        api = f"http://127.0.0.1:{self._line.port}"
        settings = PortalSettings(environment="test", api=api, api_seconds=60, fresh=0)
        self.server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False))
        await self.server.serve()
        await self._line.stop()

    @property
    def origin(self) -> str:
        """Its address, once it is served; before, an empty text."""
        if self.server is None or not self.server.started:
            return ""
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._line.refuse(), self._loop).result()


@pytest.fixture
def front(running: dict[str, Any]) -> Iterator[_Front]:
    found = _Front(urlsplit(running["base_url"]).port or 80)
    found.start()
    eventually(lambda: found.origin)
    yield found
    assert found.server is not None
    found.server.should_exit = True
    found.join(60)


@pytest.mark.long("starts a portal in front of the system")
def test_pages_seen_before_stand_while_the_api_is_stopped(
    browser: Browser, front: _Front, published: dict[str, str]
) -> None:
    """They say as of when; pages of people and pages that nobody has opened say that they cannot be shown now."""
    seen = ("/en/", "/en/countries", "/en/countries/XJ", f"/en/centres/{published['centre']}")
    away = (f"/en/experts/{published['expert']}", "/en/countries/XL")
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    for path in (*seen, away[0]):
        answer = page.goto(f"{front.origin}{path}")
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator(".away")).to_have_count(0)
    page.close()
    front.cut()
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for path in seen:
        answer = page.goto(f"{front.origin}{path}")
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator(".away")).to_contain_text("This page shows what was published at 20")
        assert page.locator("a[href^='/en/experts/']").count() == 0, path
    assert barriers(page) == []
    for path in away:
        answer = page.goto(f"{front.origin}{path}")
        assert answer is not None
        assert answer.status == 503, path
        expect(page.locator("main")).to_contain_text("does not respond at the moment")
        assert barriers(page) == []
    context.close()
