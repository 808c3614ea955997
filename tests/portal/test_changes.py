"""The latest changes of the register: in front and as a feed, in six languages, without people."""

import html
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from lxml import etree

from services.portal.overview import changes
from services.portal.pages.texts import TEXTS, text
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import HTML
from tests.support.services import open_portal

_ATOM = {"a": "http://www.w3.org/2005/Atom"}


def _change(number: int, kind: str = "designated", **names: str) -> dict[str, Any]:
    return {
        "on": str(today() - timedelta(days=100 - number)),
        "registration_number": f"ESNRC-XA-{number:02}",
        "names": names or {"en": f"Centre {number}"},
        "country": "XA",
        "change": kind,
        "from": None,
        "to": None,
        "note": None,
    }


class _Register(httpx.AsyncBaseTransport):
    """The changes of a register, in pages of two; nothing else responds."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self._items = items
        self.queries: list[httpx.QueryParams] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/centres/v1/register/changes":
            return httpx.Response(503)
        self.queries.append(request.url.params)
        begin = int(request.url.params.get("cursor", "0"))
        more = f"{request.url.path}?cursor={begin + 2}" if begin + 2 < len(self._items) else None
        return httpx.Response(200, json={"items": self._items[begin : begin + 2], "next": more})


@pytest.fixture
async def portal(register: _Register) -> AsyncIterator[httpx.AsyncClient]:
    async with open_portal(register, api_seconds=60) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def register(request: pytest.FixtureRequest) -> _Register:
    return _Register(*request.param)


_MANY = [_change(number) for number in range(9)]


@pytest.mark.parametrize("register", [_MANY], indirect=True, ids=["nine"])
async def test_the_front_shows_the_last_ones_newest_first(portal: httpx.AsyncClient, register: _Register) -> None:
    page = (await portal.get("/en/")).text
    places = [page.find(f"Centre {number}<") for number in range(9)]
    shown = places[-changes.SHOWN :]
    assert all(place > 0 for place in shown)
    assert shown == sorted(shown, reverse=True)
    assert set(places[: -changes.SHOWN]) == {-1}
    assert "director_changed" not in register.queries[0]["change"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("register", [[_change(1, "closed")]], indirect=True, ids=["closed"])
async def test_a_change_is_named_in_each_language(portal: httpx.AsyncClient, language: str) -> None:
    page = html.unescape((await portal.get(f"/{language}/")).text)
    mark = TEXTS["mark.colon"][language].format(before="", after="")
    assert f"</a>{mark}{text(language, 'change.closed')} <" in page
    assert f'type="application/atom+xml" title="{text(language, "changes.title")}"' in page


@pytest.mark.parametrize("register", [[]], indirect=True, ids=["none"])
async def test_without_a_change_the_page_says_so(portal: httpx.AsyncClient) -> None:
    assert "No centre was designated or changed" in (await portal.get("/en/")).text
    feed = etree.fromstring((await portal.get("/en/changes.atom")).content)
    assert feed.xpath("a:entry", namespaces=_ATOM) == []


@pytest.mark.parametrize(
    "register",
    [[_change(1, "renamed", fr="<b>Centre & co</b>"), _change(2, "moved")]],
    indirect=True,
    ids=["markup"],
)
async def test_the_feed_has_each_change_once_as_text(portal: httpx.AsyncClient) -> None:
    response = await portal.get("/fr/changes.atom")
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    titles = feed.xpath("a:entry/a:title/text()", namespaces=_ATOM)
    assert titles == ["Centre 2: déplacé", "<b>Centre & co</b>: renommé"]
    identifiers = feed.xpath("a:entry/a:id/text()", namespaces=_ATOM)
    assert len(set(identifiers)) == 2
    assert feed.xpath("a:updated/text()", namespaces=_ATOM)[0].startswith(_change(2)["on"])
    assert feed.xpath("a:entry/a:link/@href", namespaces=_ATOM) == ["https://escm.invalid/fr/countries/XA"] * 2


def test_every_kind_of_change_that_is_asked_for_has_a_text() -> None:
    for kind in changes.KINDS:
        assert all(text(language, f"change.{kind}") for language in LANGUAGES)
