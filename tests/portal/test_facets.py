"""What lists are narrowed by: choices with numbers that the list then has, one address for each page, and bad filters
by their names."""

import html
import re
from urllib.parse import urlencode

import pytest

from services.portal.register.facets import FILTERS, OF_RECORDS
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.support.services import open_portal

_FACETS = {
    plural: [name for name in names if name not in ("q", "cursor", *OF_RECORDS)] for plural, names in FILTERS.items()
}
_OPTION = re.compile(r'<option value="([^"]*)"[^>]*>([^<]*)</option>')


def _choices(page: str, name: str) -> dict[str, str]:
    """The codes of a filter with their texts."""
    (inside,) = re.findall(rf'<select id="{name}" name="{name}">(.*?)</select>', page, re.DOTALL)
    return {code: html.unescape(said) for code, said in _OPTION.findall(inside) if code}


def _rows(page: str) -> int:
    return page.count('role="rowheader"')


@pytest.mark.parametrize(("plural", "name"), [(plural, name) for plural in _FACETS for name in _FACETS[plural]])
async def test_a_list_has_a_field_for_each_filter_under_its_name(site: Site, plural: str, name: str) -> None:
    page = (await site.page(f"/en/{plural}")).text
    assert f'<label for="{name}">' in page
    assert re.search(rf'<(?:select|input) id="{name}" name="{name}"', page)


@pytest.mark.parametrize("plural", ["experts", "institutions"])
@pytest.mark.parametrize("name", ["country", "field"])
async def test_a_choice_says_how_many_records_it_leaves(site: Site, plural: str, name: str) -> None:
    if name not in _FACETS[plural]:
        return
    choices = _choices((await site.page(f"/en/{plural}")).text, name)
    assert choices
    for code, said in choices.items():
        counted = re.search(r" \((\d+)\)$", said)
        assert counted, said
        page = (await site.page(f"/en/{plural}?{urlencode({name: code})}")).text
        if int(counted[1]) <= 25:
            erased = await site.superuser.fetchval("SELECT count(*) FROM member_expert WHERE erased_at IS NOT NULL")
            assert int(counted[1]) - erased <= _rows(page) <= int(counted[1])
        assert f"Published records: {counted[1]}" in page


async def test_a_choice_stays_chosen_and_can_be_removed(site: Site) -> None:
    page = (await site.page("/fr/experts?country=XA&field=1.5")).text
    assert '<option value="XA" selected>' in page
    assert '<option value="1.5" selected>' in page
    assert "<details open>" in page
    removed = [html.unescape(link) for link in re.findall(r'<a href="([^"]+)" aria-label="Retirer', page)]
    assert removed == ["/fr/experts?field=1.5", "/fr/experts?country=XA"]
    assert "<details open>" not in (await site.page("/fr/experts?country=XA")).text


@pytest.mark.parametrize("query", ["q=nileword", "ecosystem=deep-sea", "language=fr"])
async def test_there_are_no_numbers_where_the_api_does_not_count(site: Site, query: str) -> None:
    page = (await site.page(f"/en/experts?{query}")).text
    assert "Published records" not in page
    choices = _choices(page, "country")
    assert len(choices) > 240
    assert not any(said.endswith(")") and said[-2].isdigit() for said in choices.values())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_filters_are_there_in_every_language(site: Site, language: str) -> None:
    for plural, names in _FACETS.items():
        page = (await site.page(f"/{language}/{plural}")).text
        Balance(page)
        assert all(f'<label for="{name}">' in page for name in names)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("region=Mars", "region"),
        ("country=ZZ", "country"),
        ("field=99", "field"),
        ("planetary_boundary=none", "planetary_boundary"),
        ("ecosystem=none", "ecosystem"),
    ],
)
async def test_a_bad_filter_is_named(site: Site, query: str, name: str) -> None:
    response = await site.page(f"/en/experts?{query}")
    assert response.status_code == 400
    assert f"<code>{name}</code>" in response.text
    found = await site.client.get(f"/en/experts?{query}")
    assert found.json()["errors"][0]["parameter"] == name


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/en/experts?country=XA&q=a", "/en/experts?q=a&country=XA"),
        ("/en/experts?q=a&q=b", "/en/experts?q=b"),
        ("/en/experts?q=&q=&q=", "/en/experts"),
        ("/en/experts?q=%61", "/en/experts?q=a"),
        ("/en/experts?q=+a", "/en/experts?q=a"),
        ("/en/experts?&&&", "/en/experts"),
        ("/en/search?kinds=experts&q=a", "/en/search?q=a&kinds=experts"),
        ("/en/search?q=a&x=1", "/en/search?q=a"),
    ],
)
async def test_a_page_has_one_address(site: Site, asked: str, led_to: str) -> None:
    response = await site.page(asked)
    assert (response.status_code, response.headers["location"]) == (301, led_to)
    assert (await site.page(led_to)).status_code == 200


async def test_what_a_form_sends_is_not_sent_elsewhere(site: Site) -> None:
    for plural, names in FILTERS.items():
        query = urlencode({name: "" for name in names if name != "cursor"})
        assert (await site.page(f"/en/{plural}?{query}")).status_code == 200


async def test_a_list_is_there_when_its_numbers_are_not(site: Site) -> None:
    """The service that counts fails, since it is asked for what it does not count by."""
    page = await site.page("/en/experts?field=1.5%2C2.7")
    assert page.status_code == 200
    assert "Published records" not in page.text
    async with open_portal(None, api="http://127.0.0.1:9") as portal:
        assert (await portal.get("/en/experts", headers={"Accept": "text/html"})).status_code == 503
