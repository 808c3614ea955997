"""Public records and guides are found by name in any script, by programs and on a page; nothing else is."""

import re

import pytest

from services.portal.search.finding import KINDS, MOST
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.portal.test_register import _published
from tests.support.callers import Caller
from tests.support.services import open_portal

NAMES = {"иванов": "Иван Иванов", "محمد": "محمد علي", "王": "王小明", "Jose": "José Núñez", "nunez": "José Núñez"}


async def _found(site: Site, q: str, language: str = "en", **more: str) -> dict[str, object]:
    response = await site.client.get("/search", params={"q": q, **more}, headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    return dict(response.json())


def _keys(found: dict[str, object], kind: str) -> list[str]:
    return [hit["key"] for hit in found["items"] if hit["kind"] == kind]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
async def initiative(site: Site) -> str:
    """The ref of an initiative that everybody may sign."""
    membership = Caller(site.services["membership"], "admin")
    text = {"titles": {"en": "Searchable Declaration", "fr": "Déclaration cherchable"}, "texts": {"en": "We agree."}}
    made = await membership.post("/membership/v1/initiatives", {"code": "SEARCHABLE-2026", **text})
    assert made.status_code == 201, made.text
    shown = "UPDATE member_initiative SET status = 'open' WHERE id = $1"
    await site.superuser.execute(shown, made.json()["id"])
    return str(made.json()["ref"])


@pytest.mark.parametrize("asked", NAMES)
async def test_a_name_in_any_script_is_found_by_programs_and_on_the_page(site: Site, asked: str) -> None:
    ref = await _published(site, names=[{"full": f"{NAMES[asked]} Sought {asked}"}])
    hit = next(hit for hit in (await _found(site, asked))["items"] if hit["key"] == ref)  # type: ignore[attr-defined]
    assert hit["links"] == {"api": f"/membership/v1/experts/{ref}", "page": f"/en/experts/{ref}"}
    assert (hit["country"], hit["language"]) == ("XB", None)
    assert f"/ar/experts/{ref}" in (await site.page(f"/ar/search?q={asked}")).text
    assert (await site.client.get(hit["links"]["api"].replace("/membership/v1", "/en"))).status_code == 200


async def test_each_kind_is_found_with_its_title_in_the_readers_language(site: Site, initiative: str) -> None:
    found = await _found(site, "nileword")
    assert _keys(found, "institutions") == [site.ref("institutions")]
    assert _keys(found, "centres") == [site.ref("centres")]
    assert site.ref("experts") in _keys(found, "experts")
    assert _keys(await _found(site, "allemagne"), "countries") == ["DE"]
    french = await _found(site, "cherchable", "fr")
    (hit,) = french["items"]  # type: ignore[misc]
    assert (hit["key"], hit["title"], hit["language"]) == (initiative, "Déclaration cherchable", "fr")
    assert "register" in _keys(await _found(site, "register of centres"), "documents")


async def test_a_kind_has_ten_hits_and_the_address_of_the_others(site: Site) -> None:
    for number in range(MOST + 1):
        await _published(site, names=[{"full": f"Plentiful Person {number:02}"}])
    found = await _found(site, "plentiful", kinds="experts,centres")
    assert len(_keys(found, "experts")) == MOST
    page, api = "/en/experts?q=plentiful", "/membership/v1/experts?q=plentiful"
    assert found["more"] == [{"kind": "experts", "api": api, "page": page}]
    assert found["kinds"] == ["experts", "centres"]
    whole = await site.client.get(page)
    assert whole.text.count("Plentiful Person") == MOST + 1
    listed = await Caller(site.services["membership"], None).get(api)
    assert len(listed.json()["items"]) == MOST + 1
    assert page in (await site.page("/en/search?q=plentiful")).text


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("", "invalid_parameter", "q"),
        ("q=", "invalid_parameter", "q"),
        ("q=%21%3F%00", "invalid_parameter", "q"),
        (f"q={'x' * 201}", "invalid_parameter", "q"),
        ("q=a&kinds=accounts", "invalid_parameter", "kinds"),
        ("q=a&kinds=experts,", "invalid_parameter", "kinds"),
        ("q=a&limit=500", "unknown_parameter", "limit"),
        ("q=a&q=b", "invalid_parameter", None),
    ],
)
async def test_what_cannot_be_searched_is_a_problem_that_names_it(
    site: Site, query: str, code: str, parameter: str | None
) -> None:
    site.asking.asked.clear()
    response = await site.client.get(f"/search?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert [each["parameter"] for each in response.json().get("errors") or []] == ([parameter] if parameter else [])
    assert site.asking.asked == []


async def test_records_that_are_not_public_are_not_found_by_anybody(site: Site) -> None:
    membership = Caller(site.services["membership"], "admin")
    made = await membership.post("/membership/v1/experts", {"country": "XB", "names": [{"full": "Hidden Sphinxword"}]})
    assert made.status_code == 201, made.text
    for headers in ({}, {"Authorization": "Bearer admin"}):
        response = await site.client.get("/search?q=sphinxword", headers=headers)
        assert response.json()["items"] == []
        assert made.json()["ref"] not in response.text


async def test_a_browser_is_sent_to_the_page_in_its_language(site: Site) -> None:
    response = await site.page("/search?q=a&kinds=experts", **{"Accept-Language": "ru"})
    assert (response.status_code, response.headers["location"]) == (302, "/ru/search?q=a&kinds=experts")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_there_in_every_language_and_searches_one_kind(site: Site, language: str) -> None:
    empty = await site.page(f"/{language}/search")
    assert empty.status_code == 200
    assert Balance(empty.text).tags.count("form") == 1
    chosen = await site.page(f"/{language}/search?q=nileword&kinds=centres")
    assert f"/{language}/centres/{site.ref('centres')}" in chosen.text
    assert f"/{language}/experts/{site.ref('experts')}" not in chosen.text
    assert '<option value="centres" selected>' in chosen.text
    assert f'href="/{"fr" if language != "fr" else "en"}/search?q=nileword&amp;kinds=centres"' in chosen.text


async def test_a_page_of_people_is_kept_for_half_a_minute_and_by_no_search_engine(site: Site) -> None:
    for address in ("/en/search?q=nileword", "/search?q=nileword"):
        response = await site.client.get(address)
        assert response.headers["cache-control"] == "public, max-age=30"
        assert response.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in response.headers
        again = await site.client.get(address, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [("/en/search?q=a&page=2", "/en/search?q=a"), ("/ar/search?kinds=&q=", "/ar/search")],
)
async def test_what_the_page_does_not_take_is_dropped_from_its_address(site: Site, asked: str, led_to: str) -> None:
    response = await site.page(asked)
    assert (response.status_code, response.headers["location"]) == (301, led_to)


async def test_an_unknown_kind_is_a_page_that_says_so(site: Site) -> None:
    response = await site.page("/en/search?q=a&kinds=accounts")
    assert response.status_code == 400
    assert "Choose again" in response.text


async def test_words_of_a_search_stay_text(site: Site) -> None:
    evil = """"'><script>alert(1)</script>{{7*7}}a"""
    response = await site.client.get("/en/search", params={"q": evil})
    assert "script" not in Balance(response.text).tags
    assert "7*7" in response.text


async def test_a_page_that_is_not_there_offers_search_and_countries(site: Site) -> None:
    response = await site.page("/fr/experts/EXP-999999")
    assert response.status_code == 404
    assert 'action="/fr/search"' in response.text
    assert 'href="/fr/countries"' in response.text
    assert response.text.count('name="q"') == 1


@pytest.mark.parametrize("path", ["/en/", "/en/countries", "/guides/", "/docs", "/problems"])
async def test_every_head_has_the_search(site: Site, path: str) -> None:
    head = re.search(r"<header>(.*?)</header>", (await site.page(path)).text, re.DOTALL)
    assert head
    assert 'action="/en/search"' in head[1]


async def test_without_the_services_guides_are_found_and_records_are_named_as_not_searched() -> None:
    async with open_portal(None, api="http://127.0.0.1:9") as portal:
        response = await portal.get("/search?q=certificate")
        assert response.json()["unavailable"] == [kind for kind in KINDS if kind != "documents"]
        assert {hit["kind"] for hit in response.json()["items"]} == {"documents"}
        page = await portal.get("/en/search?q=certificate", headers={"Accept": "text/html"})
        assert "Not searched, since a part of the system does not respond: Experts" in page.text
        assert (await portal.get("/search?q=certificate&kinds=experts")).status_code == 503


async def test_an_initiative_is_listed_and_shown_with_its_text_and_its_supporters(site: Site, initiative: str) -> None:
    listed = await site.page("/en/initiatives?q=searchable")
    assert f'<a href="/en/initiatives/{initiative}">Searchable Declaration</a>' in listed.text
    for language in LANGUAGES:
        shown = await site.page(f"/{language}/initiatives/{initiative}")
        assert shown.status_code == 200
        assert Balance(shown.text).tags.count("h1") == 1
    assert "We agree." in shown.text
    assert "<h1>Déclaration cherchable</h1>" in (await site.page(f"/fr/initiatives/{initiative}")).text
