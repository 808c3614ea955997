"""The map: a marker of one size for each country, none over another, with the stages of the table and no borders."""

import re
from itertools import combinations
from math import hypot

import pytest

from services.portal.register.world import world
from shared.kernel.countries import FICTIONAL_CODES, REGIONS, in_region, known_codes
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance

_REAL = sorted(known_codes(fictional=False))
_ROW = re.compile(r'scope="row"><a href="/en/countries/(..)">.*?<span class="stage stage-(\d)">', re.DOTALL)
_MARKER = re.compile(r'<a href="/en/countries/(..)" tabindex="-1" class="at at-(\d)"><title>([^<]+)</title>')


def test_each_country_has_a_marker_on_the_map_and_none_lies_over_another() -> None:
    made = world({"code": code, "stage": 3} for code in _REAL)
    assert [one.code for one in made.markers] == _REAL
    assert len(_REAL) == 249
    for one in made.markers:
        assert made.radius <= one.x <= made.width - made.radius
        assert made.radius <= one.y <= made.height - made.radius
    near = [
        (one.code, other.code)
        for one, other in combinations(made.markers, 2)
        if hypot(one.x - other.x, one.y - other.y) < 2 * made.radius
    ]
    assert near == []
    assert made.box == 0


def test_a_marker_that_moved_far_is_led_to_its_place() -> None:
    made = {one.code: one for one in world({"code": code, "stage": 0} for code in _REAL).markers}
    assert [code for code in ("TV", "NR", "MT", "SG") if code not in made] == []
    led = [one for one in made.values() if one.line]
    assert 0 < len(led) < 50
    assert all(8 < hypot(one.x - one.line[0], one.y - one.line[1]) < 30 for one in led if one.line)


def test_fictional_countries_stand_in_a_box_in_the_order_of_their_codes() -> None:
    made = world({"code": code, "stage": 1} for code in ("XC", "XA", "KE"))
    assert [(one.code, one.is_fictional) for one in made.markers] == [("KE", False), ("XA", True), ("XC", True)]
    assert made.box > 0
    inside = [one for one in made.markers if one.is_fictional]
    assert all(one.x < made.box and one.y > made.height - 46 for one in inside)


@pytest.mark.parametrize("region", REGIONS)
def test_some_countries_are_shown_on_a_part_of_the_map(region: str) -> None:
    made = world({"code": code, "stage": 0} for code in in_region(region))
    left, top, width, height = made.view
    assert (left, top, width, height) != (0, 0, made.width, made.height)
    assert 0 <= left <= left + width <= made.width
    assert 0 <= top <= top + height <= made.height
    for one in made.markers:
        assert left + made.radius < one.x < left + width - made.radius, one.code
        assert top + made.radius < one.y < top + height - made.radius, one.code


def test_all_countries_or_a_fictional_one_are_shown_on_the_whole_map() -> None:
    for codes in (_REAL, ["KE", "XA"], []):
        made = world({"code": code, "stage": 0} for code in codes)
        assert made.view == (0, 0, made.width, made.height)


@pytest.mark.parametrize("address", ["/en/", "/en/countries"])
async def test_the_map_has_the_stages_of_the_table(site: Site, address: str) -> None:
    table = (await site.page("/en/countries")).text
    rows = dict(_ROW.findall(table))
    waiting = re.findall(r'<li><a href="/en/countries/(..)">', table)
    assert not rows.keys() & set(waiting)
    rows |= dict.fromkeys(waiting, "0")
    shown = _MARKER.findall((await site.page(address)).text)
    assert {code: stage for code, stage, _ in shown} == rows
    assert len(shown) == 261
    titles = {code: title for code, _, title in shown}
    assert titles["KE"] == "Kenya: Stage 0 of 7"


async def test_the_map_shows_what_the_filters_leave(site: Site) -> None:
    shown = _MARKER.findall((await site.page("/en/countries?region=Oceania")).text)
    assert {"FJ", "TV"} <= {code for code, _, _ in shown}
    assert "KE" not in {code for code, _, _ in shown}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_map_says_that_it_has_no_borders_in_every_language(site: Site, language: str) -> None:
    for tail in ("/", "/countries"):
        page = (await site.page(f"/{language}{tail}")).text
        assert Balance(page).tags.count("figcaption") == 1
        assert page.count('class="land"') == 1
        assert "style=" not in page


async def test_each_stage_has_its_number_of_countries_and_leads_to_them(site: Site) -> None:
    page = (await site.page("/en/countries")).text
    legend = dict(re.findall(r'<a href="/en/countries\?stage=(\d)">[^<]+</a> \((\d+)\)', page))
    assert sorted(legend) == [str(stage) for stage in range(8)]
    assert sum(map(int, legend.values())) == 261
    for stage, count in legend.items():
        page = (await site.page(f"/en/countries?stage={stage}")).text
        assert page.count('role="rowheader"') + page.count('<li><a href="/en/countries/') == int(count), stage


async def test_countries_without_a_stage_and_records_are_listed_by_their_names_alone(site: Site) -> None:
    table = (await site.page("/en/countries")).text
    begun = {code for code, _ in _ROW.findall(table)}
    assert "XA" in begun
    assert begun <= FICTIONAL_CODES
    assert '<li><a href="/en/countries/KE">Kenya</a></li>' in table
    none_begun = (await site.page("/en/countries?region=Africa")).text
    assert "<table" not in none_begun
    assert none_begun.count('<li><a href="/en/countries/') == 60
