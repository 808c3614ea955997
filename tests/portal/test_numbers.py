"""The numbers in front: each with its day, its definition, its records and its history, in six languages."""

import html
import re

import pytest

from services.portal.overview.headlines import KEYS
from services.portal.pages.texts import text
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.support.callers import Caller
from tests.support.services import open_portal

_HEADLINES = "/actions/v1/statistics/headlines"
_ERASED = """
SELECT count(*) FROM member_expert
WHERE erased_at IS NOT NULL AND visibility = 'public' AND status IN ('active', 'grace')
"""
"""Experts whom a test has erased without the steps that take them out of the numbers."""


async def _values(site: Site) -> dict[str, int]:
    shown = await Caller(site.services["actions"], None).get(_HEADLINES)
    return {item["key"]: item["value"] for item in shown.json()["items"]}


async def _rows(site: Site, address: str) -> int:
    """How many records a list of the pages has, on all its pages."""
    count = 0
    while address:
        page = (await site.page(address)).text
        count += page.count('role="rowheader"')
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    return count


@pytest.mark.parametrize("address", ["/", "/en", "/en/"])
async def test_the_front_page_has_six_numbers_with_their_day_and_where_they_are_from(site: Site, address: str) -> None:
    response = await site.page(address)
    values = await _values(site)
    shown = dict(re.findall(r'/en/numbers/(\w+)"><strong>([\d,]+)</strong>', response.text))
    assert shown == {key: str(values[key]) for key in KEYS}
    assert f"As of {today()} (UTC)." in response.text
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)">As JSON', response.text)]
    for key, link in zip(KEYS, links, strict=True):
        counted = await Caller(site.services[link.split("/")[1]], None).get(link)
        assert counted.json()["total"] == values[key], key
    assert response.headers["cache-control"].startswith("public, max-age=60")
    assert "set-cookie" not in response.headers
    assert ("Accept-Language" in response.headers.get("vary", "")) is (address == "/")


async def test_a_number_opens_as_many_records(site: Site) -> None:
    values = await _values(site)
    front = (await site.page("/en/")).text
    records = [html.unescape(link) for link in re.findall(r'href="([^"]+)">The counted records', front)]
    listed = [link.partition("?")[0].removeprefix("/en/") for link in records]
    assert listed == [key for key in KEYS if key not in ("organisations", "programmes")]
    for key, link in zip(listed, records, strict=True):
        erased = await site.superuser.fetchval(_ERASED) if key == "experts" else 0
        assert await _rows(site, link) == values[key] - erased, key


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_number_has_its_definition_and_its_history_as_chart_and_table(site: Site, language: str) -> None:
    for key in KEYS:
        response = await site.page(f"/{language}/numbers/{key}")
        assert response.status_code == 200
        assert Balance(response.text).tags.count("h1") == 1
        assert response.text.count("<svg ") == 2
        assert len(re.findall(r'<th scope="row">\d{4}-\d\d<', response.text)) == 25
        assert f'/{language}/numbers/{key}" aria-current="page"' in response.text
        assert html.escape(text(language, f"numbers.counted.{key}"), quote=False) in response.text
        assert "style=" not in response.text
    assert str(today()) in response.text


async def test_what_is_no_number_is_not_there(site: Site) -> None:
    for key in ("people", "countries_stage_1", "%2e%2e"):
        assert (await site.page(f"/en/numbers/{key}")).status_code == 404
    moved = await site.page("/en/numbers/experts?as_of=2020-01-01")
    assert (moved.status_code, moved.headers["location"]) == (301, "/en/numbers/experts")


async def test_without_the_service_the_front_page_says_so_for_a_moment() -> None:
    async with open_portal(None, api="http://127.0.0.1:9") as portal:
        for address in ("/", "/fr/"):
            response = await portal.get(address, headers={"Accept": "text/html"})
            assert response.status_code == 200
            assert response.headers["cache-control"] == "public, max-age=5"
        assert "Les chiffres ne peuvent pas être lus" in response.text
        assert (await portal.get("/fr/numbers/experts")).status_code == 503


async def test_the_style_has_that_of_charts(site: Site) -> None:
    style = (await site.client.get("/docs/style.css")).text
    assert ".chart-line" in style
    assert ".numbers" in style
