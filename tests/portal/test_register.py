"""The register as pages: public records are found by name and country, in pages, in six languages."""

import html
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.support.callers import Caller
from tests.support.progress import template

_PEOPLE = 30
_MEMBERS = "/membership/v1/experts"


async def _published(site: Site, **body: object) -> str:
    """The ref of a new expert that is public."""
    response = await Caller(site.services["membership"], "admin").post(_MEMBERS, {"country": "XB", **body})
    assert response.status_code == 201, response.text
    shown = "UPDATE member_expert SET visibility = 'public', status = 'active' WHERE id = $1"
    await site.superuser.execute(shown, response.json()["id"])
    return str(response.json()["ref"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_there_in_every_language(site: Site, language: str) -> None:
    records = {"experts": site.ref("experts"), "institutions": site.ref("institutions"), "centres": site.ref("centres")}
    tails = [
        "/",
        "/people",
        "/account",
        "/verify",
        "/data",
        "/countries",
        "/countries/XA",
        "/initiatives",
        *(f"/{plural}" for plural in records),
    ]
    for tail in (*tails, *(f"/{plural}/{ref}" for plural, ref in records.items())):
        response = await site.page(f"/{language}{tail}")
        assert response.status_code == 200, tail
        turned = ' dir="rtl"' if language == "ar" else ""
        assert f'<html lang="{language}"{turned}>' in response.text
        page = Balance(response.text)
        assert page.tags.count("h1") == 1
        assert {f"/{other}{tail}" for other in LANGUAGES} <= set(page.links)
        assert ("script" in page.tags) is (tail in ("/account", "/", "/countries"))


async def test_a_country_shows_its_stage_programme_committee_and_centres(site: Site) -> None:
    text = (await site.page("/en/countries/XA")).text
    assert "<h1>Alphaland</h1>" in text
    assert "Stage 0 of 7" in text
    assert text.count("<li class=") == 7
    assert "Programme \N{FIRST STRONG ISOLATE}".encode() not in text.encode()
    assert f"Programme {site.ref('programmes')}: approved" in text
    assert re.search(r'scope="row">Action 3\s*</th>\s*<td role="cell" data-label="Actions">0<', text)
    assert f'<a href="/en/centres/{site.ref("centres")}">Nileword</a>' in text
    assert "Nileword: recognised" in text
    assert '<a href="/en/experts?country=XA">' in text
    assert (await site.page("/en/countries/xa")).text == text


async def test_a_country_shows_which_reports_it_owes(site: Site) -> None:
    actions = Caller(site.services["actions"], "admin")
    of = (await actions.get(f"/actions/v1/programmes/{site.ref('programmes')}")).json()
    days = {"starts": "2089-01-01", "ends": "2089-12-31", "opens_on": "2026-01-01", "due_on": "2090-03-31"}
    body = {"framework": of["framework"], "code": "2089", **days, "closes_on": "2090-12-31"}
    period = await actions.post("/actions/v1/periods", body)
    assert period.status_code == 201, period.text

    async def shown(language: str) -> list[str]:
        rows = re.findall(r'scope="row">2089</th>(.*?)</tr>', (await site.page(f"/{language}/countries/XA")).text, re.S)
        return re.findall(r">([^<>]+)</(?:td|time)>", "".join(rows))

    assert await shown("en") == ["2090-03-31", "awaited"]
    assert await shown("fr") == ["2090-03-31", "attendu"]
    await template(actions, of["framework"])
    made = await actions.post("/actions/v1/reports", {"programme_id": of["id"], "period_id": period.json()["id"]})
    assert made.status_code == 201, made.text
    submitted = "UPDATE action_report SET status = 'published', visibility = 'public', reported_at = $2 WHERE id = $1"
    await site.superuser.execute(submitted, made.json()["id"], datetime(2090, 4, 1, tzinfo=UTC))
    page = (await site.page("/en/countries/XA")).text
    assert f'/actions/v1/open_data/reports/{made.json()["ref"]}.pdf?language=en">2089</a>' in page
    assert ">submitted late</td>" in page


async def test_countries_are_all_there_and_narrowed_by_name_region_and_stage(site: Site) -> None:
    async def shown(query: str) -> list[str]:
        page = (await site.page(query)).text
        return re.findall(r'(?:rowheader" scope="row">|<li>)<a href="/fr/countries/(..)">', page)

    everywhere = await shown("/fr/countries")
    assert len(everywhere) == 261
    assert everywhere.index("ZA") < everywhere.index("DZ") < everywhere.index("DE"), "in the order of French names"
    assert await shown("/fr/countries?q=allem") == ["DE"]
    assert set(await shown("/fr/countries?region=Oceania")) > {"FJ", "TV"}
    assert await shown("/fr/countries?stage=7") == []
    chosen = (await site.page("/fr/countries?region=Oceania&stage=0")).text
    assert '<option value="Oceania" selected>' in chosen


async def test_an_institution_leads_to_its_public_experts_and_to_what_it_hosts(site: Site) -> None:
    key, page = site.country_fixture.id("institutions"), f"/en/institutions/{site.ref('institutions')}"
    expert, centre = f"/en/experts/{site.ref('experts')}", f"/en/centres/{site.ref('centres')}"
    shown = await site.page(page)
    assert {expert, centre, "/en/countries/XA"} <= set(Balance(shown.text).links)
    for heading in ("Experts with this affiliation", "National centres that it hosts", "Congresses that it hosts"):
        assert f"<h2>{heading}</h2>" in shown.text
    assert "max-age=30" in shown.headers["cache-control"], "it names people"
    assert "Show all" not in shown.text
    for plural, name, found in (("experts", "institution", expert), ("centres", "host_institution_id", centre)):
        narrowed = Balance((await site.page(f"/en/{plural}?{name}={key}")).text).links
        assert {found, f"/en/{plural}"} <= set(narrowed)
        assert (await site.page(f"/en/{plural}?{name}={uuid4()}")).text.count('role="rowheader"') == 0
        assert (await site.page(f"/en/{plural}?{name}=none")).status_code == 400
    await site.change("member_expert", "experts", "visibility = $2", "restricted")
    assert expert not in (await site.page(page)).text, "who leaves is gone at once"
    await site.change("member_expert", "experts", "visibility = $2", "public")


async def test_an_institution_with_many_relations_leads_to_all_of_them(site: Site) -> None:
    page = f"/en/institutions/{site.ref('institutions')}"
    await site.superuser.execute(
        """INSERT INTO member_congress SELECT (jsonb_populate_record(c, jsonb_build_object(
            'id', gen_random_uuid(), 'ref', 'CON-9000' || n, 'code', 'MANY-' || n))).*
        FROM member_congress c, generate_series(10, 22) n WHERE c.id = $1""",
        site.country_fixture.id("congresses"),
    )
    all_of_them = f"/membership/v1/congresses?host_institution_id={site.country_fixture.id('institutions')}"
    links = Balance((await site.page(page)).text).links
    await site.superuser.execute("DELETE FROM member_congress WHERE code LIKE 'MANY-%'")
    assert all_of_them in links


async def test_an_expert_an_institution_and_a_centre_are_shown_with_what_they_name(site: Site) -> None:
    pages = {plural: f"/en/{plural}/{site.ref(plural)}" for plural in ("experts", "institutions", "centres")}
    expert = await site.page(pages["experts"])
    for words in ("<bdi>Ina Nileword</bdi>", "Earth and related environmental sciences", pages["institutions"]):
        assert words in expert.text
    assert "nileword@example.org" not in expert.text.lower(), "an address is shown once its owner lets it be"
    assert expert.headers["x-robots-tag"] == "noindex"
    assert "Related to" in (await site.page(pages["institutions"])).text
    centre = (await site.page(pages["centres"])).text
    assert pages["institutions"] in centre
    assert pages["experts"] in centre
    by_id = await site.page(f"/en/experts/{site.country_fixture.id('experts')}")
    assert by_id.status_code == 200


async def test_experts_are_found_by_name_and_country_and_paged_through(site: Site) -> None:
    names = [f"Paging Expert {number:02}" for number in range(_PEOPLE)]
    refs = {await _published(site, names=[{"full": name}]) for name in reversed(names)}
    found: list[tuple[str, str]] = []
    address = "/en/experts?q=paging&country=XB"
    while address:
        response = await site.page(address)
        assert response.status_code == 200
        rows = re.findall(r'<a href="/en/experts/([^"]+)"><bdi>([^<]+)</bdi>', response.text)
        assert len(rows) <= 25
        found += rows
        following = re.search(r'rel="next" href="([^"]+)"', response.text)
        address = html.unescape(following[1]) if following else ""
        asked = parse_qs(urlsplit(address).query)
        assert not address or (asked["q"], asked["country"]) == (["paging"], ["XB"])
        assert 'value="paging"' in response.text
        assert '<option value="XB" selected>' in response.text
    assert [name for _, name in found] == names
    assert {ref for ref, _ in found} == refs
    assert "First page" in response.text
    assert "Nothing that is published fits" in (await site.page("/en/experts?q=paging&country=XA")).text


async def test_names_in_any_script_are_found_and_shown(site: Site) -> None:
    for name, asked in (("Иван Иванов", "иванов"), ("محمد علي", "محمد"), ("王小明", "王"), ("José Núñez", "nunez")):
        ref = await _published(site, names=[{"full": name}, {"full": f"{name} II", "kind": "native"}])
        assert f"/ar/experts/{ref}" in (await site.page(f"/ar/experts?q={asked}")).text
        assert f"<bdi>{name}</bdi>" in (await site.page(f"/ar/experts/{ref}")).text


async def test_text_of_others_stays_text_and_links_lead_to_the_web_alone(site: Site) -> None:
    evil = """"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"""
    email = {"value": "open@example.org", "visibility": "public"}
    ref = await _published(site, names=[{"full": evil}], keywords=[evil], biography={"en": evil}, emails=[email])
    await site.change(
        "member_institution", "institutions", "links = $2", ["javascript:alert(1)", "https://nile.example"]
    )
    for path in (f"/en/experts/{ref}", f"/en/institutions/{site.ref('institutions')}", "/en/experts"):
        response = await site.client.get(path, params={"q": evil} if path == "/en/experts" else None)
        page = Balance(response.text)
        assert not {"script", "img"} & set(page.tags), path
        assert not [link for link in page.links if not link.startswith(("/", "#", "https://", "mailto:"))], path
        assert "7*7" in response.text or "institutions" in path
    assert "mailto:open@example.org" in (await site.page(f"/en/experts/{ref}")).text


async def test_a_merged_record_leads_to_the_one_it_went_into_and_an_erased_one_is_gone(site: Site) -> None:
    for plural in ("winners", "losers"):
        await site.change("member_expert", plural, "visibility = 'public', status = 'active'")
    response = await site.page(f"/en/experts/{site.ref('losers')}")
    assert response.status_code == 301
    assert response.headers["location"] == f"/en/experts/{site.country_fixture.id('winners')}"
    assert "winners Nileword" in (await site.page(response.headers["location"])).text
    await site.change("member_expert", "peers", "visibility = 'public', status = 'active', erased_at = now()")
    gone = await site.page(f"/ru/experts/{site.ref('peers')}")
    assert (gone.status_code, "удалено" in gone.text) == (410, True)


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/en/experts?utm_source=mail&q=a&country=", "/en/experts?q=a"),
        ("/fr/countries/XA?x=1", "/fr/countries/XA"),
        ("/en/centres?limit=5", "/en/centres"),
    ],
)
async def test_what_a_page_does_not_take_is_dropped_from_its_address(site: Site, asked: str, led_to: str) -> None:
    response = await site.page(asked)
    assert (response.status_code, response.headers["location"]) == (301, led_to)


@pytest.mark.parametrize("path", ["/en/countries", "/en/countries/XA", "/en/experts", "/en/centres"])
async def test_pages_are_kept_for_a_while_and_asked_for_by_their_tag(site: Site, path: str) -> None:
    response = await site.page(path)
    is_of_people = "experts" in path
    stale = "" if is_of_people else ", stale-while-revalidate=600, stale-if-error=86400"
    seconds = 30 if is_of_people else 60
    assert response.headers["cache-control"] == f"public, max-age={seconds}{stale}", "people are gone soon"
    assert "set-cookie" not in response.headers
    again = await site.page(path, **{"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await site.client.head(path)
    assert (head.status_code, head.headers["etag"], head.content) == (200, response.headers["etag"], b"")


async def test_the_portal_asks_as_nobody_for_whoever_reads(site: Site) -> None:
    site.asking.asked.clear()
    given = {"Authorization": "Bearer admin", "Cookie": "a=b", "X-Request-Id": "a-request-of-mine"}
    assert (await site.page(f"/en/experts/{site.ref('experts')}", **given)).status_code == 200
    assert len(site.asking.asked) == 2
    for request in site.asking.asked:
        assert not {"authorization", "cookie"} & request.headers.keys()
        assert request.headers["x-forwarded-for"] == "127.0.0.1"
        assert request.headers["x-request-id"] == "a-request-of-mine"


@pytest.mark.parametrize("key", ["%2e%2e", "%2e%2e%2fme", "a%20b", "EXP-1%00", "x" * 65, "EXP-000001%3Ffields=id", "é"])
async def test_a_key_that_is_none_asks_for_nothing(site: Site, key: str) -> None:
    site.asking.asked.clear()
    response = await site.page(f"/en/experts/{key}")
    assert response.status_code == 404
    assert site.asking.asked == []
