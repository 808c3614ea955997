"""The root of the site describes the API and its problems, for people and programs, without other origins."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser

import httpx
import orjson
import pytest

from services.portal.app import create_app
from services.portal.pages.about import TOPICS
from services.portal.reference.whole import merge_folder
from services.portal.settings import PortalSettings
from shared.kernel.clock import now
from shared.pages.assets import asset
from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.openapi import render
from shared.web.contract.vocabularies import VOCABULARIES
from tests.support.inside import Inside

REGISTER = (
    "/en",
    "/en/",
    "/en/people",
    "/en/account",
    "/en/v",
    "/en/verify",
    *(f"/en/about/{topic}" for topic in TOPICS),
    "/en/countries",
    "/en/experts",
    "/en/institutions",
    "/en/centres",
    "/en/initiatives",
    "/en/search",
    "/en/numbers/experts",
    "/en/countries/XA",
    "/en/data",
)
PAGES = (
    *("/", "/people", "/account", "/docs", "/guides/"),
    *("/problems", "/problems/validation_failed", "/vocabularies", "/vocabularies/states/held"),
    *REGISTER,
)
ASSETS = ("/docs/style.css", "/docs/docs.js", "/docs/icon.svg")
SWAGGER = ("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js")
DOCUMENT = re.compile(
    r"/actions/v1/open_data/(countries/[A-Z]{2}/profile|reports/PRR-\d{6})\.pdf\?language=[a-z]{2}"
    r"|/(actions|centres|membership)/v1/open_data/[a-z]+\.(csv|ndjson|xlsx|jsonld)"
    r"|/(actions|membership)/v1/statistics\?of=\w+&\w+=[\w,]+|/actions/v1/programmes\?status=[\w,]+"
)
"""The address of a document or of data for readers, which a service answers."""
_NAMESPACE = "http://www.w3.org/2000/svg"
ORIGIN = "https://escm.invalid"
"""The origin of the settings, which precedes addresses for programs."""
_NAMES = (_NAMESPACE, ORIGIN, "https://schema.org", "https://creativecommons.org/licenses/by/4.0/")
"""Names of other origins that no browser asks for."""


class Balance(HTMLParser):
    """Collects the ids, links and headings of a page and checks that its elements close."""

    EMPTY = frozenset({"meta", "link", "input", "br", "hr", "img", "source", "col"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append("data" if ("type", "application/ld+json") in attrs else tag)
        self.links += [(value or "").removeprefix(ORIGIN) for name, value in attrs if name in ("href", "src")]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_sound_accessible_and_needs_nothing_from_outside(client, path):
    response = await client.get(path, headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers.get_list("content-security-policy") == [response.headers["content-security-policy"]]
    assert "'unsafe-inline'" not in response.headers["content-security-policy"]
    assert "camera=()" in response.headers["permissions-policy"]
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    page = Balance(response.text)
    assert {"main", "nav", "h1", "title"} <= set(page.tags)
    assert page.tags.count("h1") == 1
    assert '<html lang="en">' in response.text
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in page.links)
    assert "style=" not in response.text
    assert "$" not in response.text
    of_services = [
        link for link in page.links if link.startswith(("/membership/", "/centres/", "/actions/", "/access/"))
    ]
    assert all(DOCUMENT.fullmatch(link) for link in of_services)


@pytest.mark.parametrize("path", [*PAGES, *ASSETS])
async def test_no_outside_address_is_in_a_page_or_asset(client, path):
    response = await client.get(path)
    assert response.status_code == 200
    text = response.text
    for name in _NAMES:
        text = text.replace(name, "")
    assert not re.search(r"https?://|//[a-z]+\.", text)


async def test_swagger_ui_is_carried_with_its_icons_as_files(client):
    style = (await client.get("/docs/swagger-ui.css")).text
    icons = re.findall(r"url\((icon-[^)]+)\)", style)
    assert len(icons) > 20
    assert "data:" not in style
    assert not re.search(r"@import|url\((?!icon-)", style)
    for icon in icons:
        response = await client.get(f"/docs/{icon}")
        assert (response.status_code, response.headers["content-type"].partition("/")[0]) == (200, "image")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/problems", "/vocabularies", *SWAGGER, *ASSETS])
async def test_what_stays_the_same_is_sent_once(client, path):
    whole = await client.get(path, headers={"accept-encoding": "identity"})
    tag = whole.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200
    packed = await client.get(path, headers={"accept-encoding": "gzip"})
    assert packed.content == whole.content
    assert packed.headers["etag"] == tag
    assert "Accept-Encoding" in packed.headers["vary"]
    if len(whole.content) > 5_000:
        assert int(packed.headers["content-length"]) < len(whole.content) / 2


@pytest.mark.long("follows every link")
async def test_the_portals_own_links_lead_somewhere(client):
    for path in PAGES:
        for link in set(Balance((await client.get(path)).text).links):
            if not link.startswith("#") and not DOCUMENT.fullmatch(link):
                assert (await client.get(link)).status_code == 200, link


@pytest.mark.parametrize("code", sorted(PROBLEMS))
async def test_every_problem_has_a_page_and_the_same_as_json(client, code):
    page = await client.get(f"/problems/{code}", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert code in page.text
    assert PROBLEMS[code].titles["ru"] in page.text
    response = await client.get(f"/problems/{code}", headers={"accept": "application/json"})
    assert response.json()["status"] == PROBLEMS[code].status
    assert set(response.json()["titles"]) == {"en", "fr", "es", "ar", "zh", "ru"}


async def test_a_problem_is_headed_in_the_readers_language_and_arabic_runs_from_the_right(client):
    response = await client.get("/problems/not_found", headers={"accept-language": "ar"})
    assert '<h1 lang="ar" dir="rtl">غير موجود</h1>' in response.text
    assert "Accept-Language" in response.headers["vary"]


@pytest.mark.parametrize("name", VOCABULARIES)
async def test_every_code_of_a_vocabulary_has_a_page(client, name):
    listed = await client.get("/vocabularies")
    for term in VOCABULARIES[name]:
        assert f'href="{term.page}"' in listed.text
    for term in (VOCABULARIES[name][0], *(term for term in VOCABULARIES[name] if term.resource)):
        page = await client.get(term.page)
        assert term.code in page.text
        assert term.titles["ru"] in page.text
        assert (term.resource or "") in page.text


async def test_a_term_is_headed_in_the_readers_language(client):
    response = await client.get("/vocabularies/reasons/quorum_missing", headers={"accept-language": "ar"})
    assert '<h1 lang="ar" dir="rtl">النصاب غير مكتمل</h1>' in response.text
    assert "Accept-Language" in response.headers["vary"]


async def test_a_reason_is_found_where_problems_are(client):
    response = await client.get("/problems/quorum_missing")
    assert (response.status_code, response.headers["location"]) == (308, "/vocabularies/reasons/quorum_missing")


async def test_all_problems_are_listed_for_programs(client):
    response = await client.get("/problems", headers={"accept": "application/json"})
    assert {entry["code"] for entry in response.json()["items"]} == set(PROBLEMS)


@pytest.mark.parametrize(
    "path",
    [
        *("/problems/nothing", "/guides/nothing", "/docs/nothing.js", "/docs/..%2Fapp.py", "/nothing"),
        *("/problems/%3Cb%3E", "/vocabularies/reasons", "/vocabularies/reasons/nothing", "/vocabularies/nothing/held"),
    ],
)
async def test_what_is_not_there_is_a_problem_document(client, path):
    response = await client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_unknown_parameter_is_refused(client):
    assert (await client.get("/problems?page=2")).json()["code"] == "unknown_parameter"


async def test_the_portal_lives_and_is_ready_without_a_database(client):
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).json() == {"status": "ready", "checks": {}}


async def test_the_merged_description_is_openapi_3_1(client):
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_the_descriptions_of_a_folder_are_joined_in_the_order_of_their_names(tmp_path):
    own = create_app(PortalSettings(environment="test")).openapi()
    other = {**own, "paths": {"/other/v1/things": {}}}
    (tmp_path / "portal.json").write_bytes(render(own))
    (tmp_path / "access.json").write_bytes(render(other))
    (tmp_path / "notes.txt").write_text("not a description")
    document = orjson.loads(merge_folder(tmp_path))
    assert list(document["paths"]) == ["/other/v1/things", *own["paths"]]
    assert "Problem" in document["components"]["schemas"]


def test_the_portals_own_description_names_its_operations():
    own = create_app(PortalSettings(environment="test")).openapi()
    ids = {operation["operationId"] for path in own["paths"].values() for operation in path.values()}
    health = {"getPortalLiveness", "getPortalReadiness"}
    assert ids == {"listProblems", "getProblem", "getCatalogue", "search", *health}


async def test_the_contact_for_security_is_shown_where_there_is_one(client):
    assert (await client.get("/.well-known/security.txt")).status_code == 404
    settings = PortalSettings(environment="test", security_contact="mailto:security@escm.example")
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Inside(app), base_url="http://test") as shown,
    ):
        response = await shown.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@escm.example"
    assert timedelta(179) < datetime.fromisoformat(fields["Expires"]) - now() <= timedelta(180)


@pytest.mark.parametrize("contact", ["security@escm.example", "javascript:alert(1)", "mailto:a b"])
def test_a_contact_is_an_address(contact):
    with pytest.raises(ValueError, match="security_contact"):
        PortalSettings(environment="test", security_contact=contact)


async def test_a_file_of_pages_is_kept_for_a_year_at_the_address_with_its_digest(client):
    page = (await client.get("/en/countries")).text
    addresses = sorted(set(re.findall(r'"(/assets/[^"]+)"', page)))
    assert {address.rpartition("/")[2] for address in addresses} == {"icon.svg", "map.js", "style.css"}
    style = (await client.get(next(address for address in addresses if address.endswith(".css")))).text
    fonts = re.findall(r'url\("([^"]+)"\)', style)
    assert len(fonts) == style.count("@font-face") == style.count("font-display: swap") == 4
    for address in (*addresses, *fonts):
        found = await client.get(address)
        assert (found.status_code, found.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert sha256(found.content).hexdigest().startswith(address.split("/")[2])
    assert found.headers["content-type"] == "font/woff2"


async def test_the_address_of_a_file_of_another_release_leads_to_the_present_one(client):
    now_at = re.findall(r'"(/assets/[^"]+css)"', (await client.get("/en/")).text)[0]
    moved = await client.get("/assets/0123456789abcdef/style.css")
    assert (moved.status_code, moved.headers["location"], moved.headers["cache-control"]) == (302, now_at, "no-store")
    for name in ("texts.csv", "frame.html", "..%2ftexts.csv", "nothing.css", "LICENSE"):
        assert (await client.get(f"/assets/0123456789abcdef/{name}")).status_code == 404


async def test_headings_of_most_languages_are_in_a_font_of_at_most_38_kilobytes():
    """Latin and Cyrillic; the letters beyond them are read by pages that have some."""
    sizes = [len(asset(f"source-serif-4-{script}-600-normal.woff2").content) for script in ("latin", "cyrillic")]
    assert sum(sizes) < 38_000


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_menu_opens_without_a_script(client, language):
    page = (await client.get(f"/{language}/experts")).text
    wide, narrow = re.findall(r'<nav(?: class="menu-wide")? aria-label="[^"]+">\n(.*?)</nav>', page, re.DOTALL)[:2]
    assert wide == narrow
    assert wide.count('aria-current="true"') == 1
    assert re.search(r'<details class="menu-narrow">\n<summary>[^<]+</summary>\n<nav ', page)
