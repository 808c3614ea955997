"""What programs read of pages: canonical addresses, languages, data, signposts, maps for search engines, the icon."""

import json
import re
from html import unescape

import pytest

from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import ORIGIN, Balance
from tests.portal.test_register import _published

_TYPES = {
    "experts": "Person",
    "institutions": "Organization",
    "centres": "ResearchOrganization",
}


def _data(page: str) -> list[dict[str, object]]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found = json.loads(block)
    assert found["@context"] == "https://schema.org"
    return list(found["@graph"])


def _locations(text: str) -> list[str]:
    return re.findall(r"<loc>([^<]+)</loc>", text)


@pytest.mark.parametrize("tail", ["/", "/countries", "/countries/XA", "/institutions", "/numbers/experts", "/people"])
async def test_a_page_names_its_address_and_those_in_all_languages(site: Site, tail: str) -> None:
    page = (await site.page(f"/fr{tail}")).text
    (canonical,) = re.findall(r'<link rel="canonical" href="([^"]+)">', page)
    assert canonical.removeprefix(ORIGIN) == f"/fr{tail}"
    others = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page))
    assert set(others) == {*LANGUAGES, "x-default"}
    for address in others.values():
        assert (await site.page(address.removeprefix(ORIGIN))).status_code == 200
    assert others["x-default"].removeprefix(ORIGIN) == f"/en{tail}"


@pytest.mark.parametrize("plural", _TYPES)
async def test_a_record_is_described_for_programs_with_its_way_and_signposts(site: Site, plural: str) -> None:
    ref = site.ref(plural)
    response = await site.page(f"/en/{plural}/{ref}")
    thing, way = _data(response.text)
    assert (thing["@type"], thing["@id"]) == (_TYPES[plural], f"{ORIGIN}/en/{plural}/{ref}")
    assert "Nileword" in str(thing["name"])
    steps = [step["item"] for step in way["itemListElement"]]  # type: ignore[attr-defined]
    assert steps == [f"{ORIGIN}/en/", f"{ORIGIN}/en/{plural}", f"{ORIGIN}/en/{plural}/{ref}"]
    links = dict(re.findall(r'<([^>]+)>; rel="([\w-]+)"', response.headers["link"]))
    relations = {relation: address for address, relation in links.items()}
    assert relations["cite-as"] == f"{ORIGIN}/en/{plural}/{ref}"
    assert relations["type"] == f"https://schema.org/{_TYPES[plural]}"
    assert relations["license"] == "https://creativecommons.org/licenses/by/4.0/"
    _, _, _, service, version, *rest = relations["describedby"].split("/")
    api = await site.services[service].get("/".join(("", service, version, *rest)))
    assert api.json()["ref"] == ref


async def test_a_country_and_a_number_are_datasets_with_their_files(site: Site) -> None:
    for path in ("/fr/countries/XA", "/fr/numbers/experts"):
        dataset, _ = _data((await site.page(path)).text)
        assert dataset["@type"] == "Dataset"
        (file,) = dataset["distribution"]  # type: ignore[misc]
        address = file["contentUrl"].removeprefix(ORIGIN)
        assert (await site.services[address.split("/")[1]].get(address)).status_code == 200


async def test_no_value_ends_the_data_of_a_page(site: Site) -> None:
    evil = "</script><script>alert(1)</script><!--"
    ref = await _published(site, names=[{"full": f"Evil {evil}"}])
    page = (await site.page(f"/en/experts/{ref}")).text
    assert "script" not in Balance(page).tags
    assert _data(page)[0]["name"] == f"Evil {evil}"


async def test_maps_have_every_public_page_but_those_of_people(site: Site) -> None:
    index = await site.client.get("/sitemap.xml")
    assert index.headers["content-type"] == "application/xml; charset=utf-8"
    maps = _locations(index.text)
    assert maps == [f"{ORIGIN}/sitemaps/{language}.xml" for language in LANGUAGES]
    response = await site.client.get(maps[0].removeprefix(ORIGIN))
    found = _locations(response.text)
    wanted = {f"/en/institutions/{site.ref('institutions')}", f"/en/centres/{site.ref('centres')}", "/en/countries/TV"}
    assert wanted <= {address.removeprefix(ORIGIN) for address in found}
    assert not [address for address in found if "/experts" in address]
    for address in (*wanted, "/en/people", "/en/verify", "/en/data", "/en/about/privacy"):
        assert (await site.page(address)).status_code == 200
        assert f"{ORIGIN}{address}" in found
    assert (await site.client.get("/sitemaps/de.xml")).status_code == 404


async def test_robots_are_led_to_the_map_and_kept_from_searches(site: Site) -> None:
    robots = (await site.client.get("/robots.txt")).text
    assert robots.splitlines()[0] == "User-agent: *"
    assert {"Disallow: /access/", "Disallow: /*/search", f"Sitemap: {ORIGIN}/sitemap.xml"} <= set(robots.splitlines())
    icon = await site.client.get("/favicon.ico")
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("plural", _TYPES)
async def test_a_record_has_one_address_whatever_key_led_to_it(site: Site, plural: str) -> None:
    page = (await site.page(f"/fr/{plural}/{site.country_fixture.id(plural)}")).text
    assert f'<link rel="canonical" href="{ORIGIN}/fr/{plural}/{site.ref(plural)}">' in page


@pytest.mark.parametrize("tail", ["/", "/countries", "/countries/XA", "/experts", "/data", "/about/map", "/verify"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_page_says_what_it_is_about(site: Site, language: str, tail: str) -> None:
    page = (await site.page(f"/{language}{tail}")).text
    (said,) = re.findall(r'<meta name="description" content="([^"]{20,})">', page)
    assert "<" not in said


async def test_the_page_of_data_leads_programs_to_the_catalogue(site: Site) -> None:
    link = (await site.page("/en/data")).headers["link"]
    assert link == f'<{ORIGIN}/data/catalog.jsonld>; rel="describedby"; type="application/ld+json"'


@pytest.mark.long("opens every page of the maps of all languages")
async def test_every_address_of_the_maps_and_of_their_pages_in_other_languages_is_there(site: Site) -> None:
    """Each is the address that its page gives itself, each page names itself in six languages that are all in the
    maps, and its data can be read."""
    listed: set[str] = set()
    for language in LANGUAGES:
        listed |= {
            one.removeprefix(ORIGIN) for one in _locations((await site.client.get(f"/sitemaps/{language}.xml")).text)
        }
    assert len(listed) > 6 * 250
    wrong = []
    for address in sorted(listed):
        response = await site.page(address)
        canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', response.text)
        others = re.findall(r'<link rel="alternate" hreflang="[\w-]+" href="([^"]+)">', response.text)
        named = {unescape(one).removeprefix(ORIGIN) for one in others}
        if (response.status_code, canonical) != (200, [f"{ORIGIN}{address}"]) or len(named) != 6 or named - listed:
            wrong.append(address)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL):
            json.loads(block)
    assert wrong == []
