"""Pages while services are away: copies of what was published stand for a day, without people."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from services.portal.reading import copies, kept
from services.portal.reading.copies import KEPT, Copies
from services.portal.reading.reads import _names_people
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.reading.api import Reply
from tests.portal.conftest import HTML, Site
from tests.support.services import ToServices, open_portal


class _Switch(httpx.AsyncBaseTransport):
    """The services, or nothing while `is_away`; `asked` are the paths of the requests."""

    def __init__(self, services: ToServices) -> None:
        self._services = services
        self.is_away = False
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.is_away:
            raise httpx.ConnectError("away")
        return await self._services.handle_async_request(request)


@pytest.fixture
def services(site: Site) -> _Switch:
    return _Switch(site.asking)


@pytest.fixture
async def portal(services: _Switch) -> AsyncIterator[httpx.AsyncClient]:
    async with open_portal(services, api_seconds=60, fresh=60) as client:
        client.headers.update(HTML)
        yield client


@contextmanager
def _later(passed: timedelta) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "now", lambda: now() + passed)
        patch.setattr(kept, "now", lambda: now() + passed)
        yield


async def test_pages_seen_before_stand_without_the_services(
    portal: httpx.AsyncClient, services: _Switch, site: Site
) -> None:
    paths = ["/en/", "/en/countries", "/en/countries/XA", f"/en/centres/{site.ref('centres')}", "/en/numbers/experts"]
    for path in paths:
        assert (await portal.get(path)).status_code == 200
    services.is_away = True
    with _later(timedelta(hours=1)):
        for path in paths:
            page = await portal.get(path)
            assert (page.status_code, page.headers["cache-control"]) == (200, "public, max-age=5"), path
            assert "This page shows what was published at 2" in page.text, path


async def test_who_directs_a_centre_is_left_out(portal: httpx.AsyncClient, services: _Switch, site: Site) -> None:
    path = f"/en/centres/{site.ref('centres')}"
    whole = (await portal.get(path)).text
    assert "/en/experts/EXP-" in whole
    services.is_away = True
    for passed in (timedelta(), timedelta(hours=1)):
        with _later(passed):
            page = await portal.get(path)
        assert (page.status_code, "/en/experts/EXP-" in page.text, "without people" in page.text) == (200, False, True)


async def test_pages_of_people_have_no_copies(portal: httpx.AsyncClient, services: _Switch, site: Site) -> None:
    path = f"/en/experts/{site.ref('experts')}"
    assert (await portal.get(path)).status_code == 200
    services.is_away = True
    assert (await portal.get(path)).status_code == 503


async def test_a_copy_stands_for_a_day(portal: httpx.AsyncClient, services: _Switch) -> None:
    assert (await portal.get("/en/countries/XA")).status_code == 200
    services.is_away = True
    with _later(KEPT + timedelta(seconds=1)):
        assert (await portal.get("/en/countries/XA")).status_code == 503


async def test_a_fresh_copy_asks_nobody(portal: httpx.AsyncClient, services: _Switch) -> None:
    whole = await portal.get("/en/countries")
    services.asked.clear()
    again = await portal.get("/en/countries")
    assert (again.content, again.headers["cache-control"]) == (whole.content, whole.headers["cache-control"])
    assert services.asked == []


async def test_an_older_copy_is_asked_for_and_a_withdrawn_record_leaves(
    portal: httpx.AsyncClient, services: _Switch, site: Site
) -> None:
    path = f"/en/institutions/{site.ref('institutions')}"
    assert (await portal.get(path)).status_code == 200
    await site.change("member_institution", "institutions", "visibility = $2", "restricted")
    with _later(timedelta(minutes=2)):
        assert (await portal.get(path)).status_code == 404
    services.is_away = True
    assert (await portal.get(path)).status_code == 503
    await site.change("member_institution", "institutions", "visibility = $2", "public")


@pytest.mark.parametrize(
    ("path", "fields", "is_so"),
    [
        ("countries/XA", None, False),
        ("experts", "ref", True),
        ("experts/EXP-000001", None, True),
        ("certificates/verify/ABC", None, True),
        ("editions/EDI-000001", None, False),
        ("editions/EDI-000001/citation", None, True),
        ("contributions", "ref,titles", False),
        ("contributions", "ref,authors", True),
        ("contributions", None, True),
        ("contributions/CTB-000001", "ref", True),
    ],
)
def test_what_names_people_is_known_by_its_address(path: str, fields: str | None, is_so: bool) -> None:
    assert _names_people(path, {"fields": fields} if fields else {}) is is_so


class _Api:
    """Replies of a service, after `ready`."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.calls: list[str | None] = []
        self.statuses: list[int] = []

    async def get(self, path: str, _query: Any, _request: Any, *, known: str | None = None) -> Reply:
        self.calls.append(known)
        await self.ready.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return Reply(status, {"etag": '"1"'}, path.encode())


@pytest.fixture
def api() -> _Api:
    return _Api()


def _request(api: _Api) -> Any:
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(public_api=api)))


async def test_readers_at_the_same_time_share_one_read(api: _Api) -> None:
    shared = Copies(timedelta(minutes=1))
    readers = [asyncio.create_task(shared.get("/a", {}, _request(api))) for _ in range(10)]
    await asyncio.sleep(0)
    readers[0].cancel()
    api.ready.set()
    found = await asyncio.gather(*readers, return_exceptions=True)
    assert [getattr(one, "reply", None) and one.reply.content for one in found[1:]] == [b"/a"] * 9
    assert len(api.calls) == 1


async def test_the_rate_limit_of_one_reader_refuses_no_other(api: _Api) -> None:
    api.statuses = [429, 200]
    shared = Copies(timedelta(minutes=1))
    readers = [asyncio.create_task(shared.get("/a", {}, _request(api))) for _ in range(2)]
    await asyncio.sleep(0)
    api.ready.set()
    assert [one.reply.status_code for one in await asyncio.gather(*readers)] == [429, 200]


async def test_what_has_not_changed_is_not_sent_again(api: _Api) -> None:
    api.ready.set()
    api.statuses = [200, 304]
    shared = Copies(timedelta())
    first, second = [await shared.get("/a", {}, _request(api)) for _ in range(2)]
    assert api.calls == [None, '"1"']
    assert second.reply is first.reply
    assert second.seen > first.seen


async def test_copies_beyond_the_bound_leave_by_their_last_use(api: _Api) -> None:
    api.ready.set()
    shared = Copies(timedelta(minutes=1), most_bytes=6)
    for path in ("/aa", "/bb", "/aa", "/cc", "/aa", "/bb"):
        await shared.get(path, {}, _request(api))
    assert len(api.calls) == 4


async def test_copies_of_many_addresses_leave_though_they_are_small(api: _Api) -> None:
    api.ready.set()
    shared = Copies(timedelta(minutes=1), most=2)
    for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
        await shared.get(path, {}, _request(api))
    assert len(api.calls) == 4


async def test_a_service_that_fails_is_away(api: _Api) -> None:
    api.ready.set()
    api.statuses = [500]
    with pytest.raises(Unavailable):
        await Copies(timedelta()).get("/a", {}, _request(api))
