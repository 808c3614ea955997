"""Pages are made once and sent while they are fresh, those of people each time; other addresses fill no memory."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from services.portal.pages import templates
from services.portal.reading.kept import MOST, MOST_BYTES, KeptPages, _Page
from shared.kernel.clock import now
from tests.portal.conftest import HTML, Site
from tests.portal.test_copies import _later, _Switch
from tests.support.services import open_portal

_PAGES = ("/en/", "/en/countries", "/en/countries/XA", "/en/institutions", "/en/centres", "/en/initiatives", "/en/data")


@pytest.fixture
def services(site: Site) -> _Switch:
    return _Switch(site.asking)


@pytest.fixture
async def portal(services: _Switch) -> AsyncIterator[httpx.AsyncClient]:
    async with open_portal(services, api_seconds=60, fresh=60) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that are made."""
    names: list[str] = []
    before = templates.PAGES.page

    def page(name: str, language: str, **values: object) -> bytes:
        names.append(name)
        return before(name, language, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(templates.PAGES, "page", page)
    return names


@pytest.mark.parametrize("path", _PAGES)
async def test_a_page_is_made_once_while_it_is_fresh(portal: httpx.AsyncClient, made: list[str], path: str) -> None:
    first = await portal.get(path)
    again = await portal.get(path)
    assert len(made) == 1
    assert again.content == first.content
    for name in ("content-type", "cache-control", "content-security-policy", "etag", "link"):
        assert again.headers.get(name) == first.headers.get(name), name
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    known = await portal.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content, len(made)) == (304, b"", 1)


@pytest.mark.parametrize("plural", ["experts", "centres"])
async def test_a_page_of_people_is_made_each_time(
    portal: httpx.AsyncClient, made: list[str], site: Site, plural: str
) -> None:
    for _ in range(2):
        assert (await portal.get(f"/en/{plural}/{site.ref(plural)}")).status_code == 200
    assert len(made) == 2


async def test_a_page_is_made_anew_once_it_is_not_fresh(
    portal: httpx.AsyncClient, made: list[str], services: _Switch
) -> None:
    await portal.get("/en/countries/XA")
    services.asked.clear()
    with _later(timedelta(seconds=61)):
        await portal.get("/en/countries/XA")
    assert len(made) == 2
    assert services.asked != []


async def test_a_page_that_lacks_something_is_not_kept(
    portal: httpx.AsyncClient, made: list[str], services: _Switch
) -> None:
    services.is_away = True
    for _ in range(2):
        assert (await portal.get("/en/")).headers["cache-control"] == "public, max-age=5"
    services.is_away = False
    assert (await portal.get("/en/")).headers["cache-control"].startswith("public, max-age=60")
    assert len(made) == 3


async def test_failures_and_other_addresses_are_not_kept(portal: httpx.AsyncClient, made: list[str]) -> None:
    pages: KeptPages = portal._transport.app.state.kept_pages  # type: ignore[attr-defined]
    for number in range(20):
        assert (await portal.get(f"/en/countries?x={number}")).status_code == 301
        assert (await portal.get(f"/en/countries/X{number}")).status_code == 404
        assert (await portal.get(f"/en/institutions?region=Mars{number}")).status_code == 400
        assert (await portal.get(f"/en/countries?{number * '&'}")).status_code in (200, 301)
    assert len(pages._values) == 1


def test_the_pages_of_all_addresses_have_a_bound() -> None:
    pages = KeptPages(timedelta(seconds=60))
    for number in range(3 * MOST):
        pages.put(f"/en/institutions?q={number}", _Page(b"", "", {}, now()), 20_000)
    assert len(pages._values) <= MOST
    assert pages._bytes <= MOST_BYTES
