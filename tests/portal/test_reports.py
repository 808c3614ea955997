"""The Global Report as pages: what is published of it, in six languages, with links for programs; nothing before."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from services.actions.global_report.publishing_worker import create_worker as publishing_worker
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from services.portal.pages import templates
from services.portal.pages.texts import text as text_in
from services.portal.reports import described
from services.portal.reports.fragments import EditionPages, fragment_of
from shared.kernel.text import LANGUAGES, direction_of
from shared.pages.texts import OWN_NAMES
from tests.actions.global_report.test_builds import HOSTILE, built
from tests.actions.global_report.test_errata import completed
from tests.actions.global_report.test_versions import ended
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.support.callers import CALLERS, Caller
from tests.support.centres import entered, stepped
from tests.support.editions import FIGURES, editor, figure_body
from tests.support.principals import enter_principal
from tests.support.review import TEXT, UnderReview, send_version, under_review
from tests.support.workers import at_work, drop_jobs, without_relay

_COSTS = "an edition is built by processes of pandoc and typst"
_BOOK = {"id": "land", "type": "book", "title": "Land & <b>peat</b>", "author": [{"family": "Núñez"}]}
_HEADLINES = {"path": "/actions/v1/statistics/headlines", "parameters": {}}


@dataclass(frozen=True)
class Published:
    """An edition that was published in English and Arabic, its editor, its one contribution, and its addresses."""

    chief: Caller
    text: UnderReview
    edition: dict[str, Any]
    contribution: dict[str, Any]

    @property
    def page(self) -> str:
        return f"/reports/{self.edition['ref']}"

    @property
    def chapter(self) -> str:
        return f"{self.page}/{self.contribution['ref']}"


@pytest.fixture(scope="module")
async def published(site: Site, database_url: str) -> AsyncIterator[Published]:
    async with _published(site, database_url, "10.5555/report.1") as made:
        yield made


@pytest.fixture
async def to_retract(site: Site, database_url: str) -> AsyncIterator[Published]:
    """Another edition."""
    async with _published(site, database_url, "10.5555/report.2") as made:
        yield made


@asynccontextmanager
async def _published(site: Site, database_url: str, doi: str) -> AsyncIterator[Published]:
    patch = pytest.MonkeyPatch()
    actions: Any = site.services["actions"]
    settings: ActionsSettings = actions._transport.app.state.settings
    await drop_jobs(database_url)
    admin = Caller(actions, "admin")
    async with at_work(without_relay(create_worker(settings)), without_relay(publishing_worker(settings))):
        text = await under_review(admin, site.superuser, patch)
        chief = editor(admin, text.edition, patch, "editor_in_chief")
        await chief.change(text.edition_path, languages=["ar", "en"], doi=doi)
        await entered(chief, FIGURES, figure_body(text.edition, query=_HEADLINES))
        await stepped(text.editor, text.contribution, "return", reason="Cite.")
        body = {"body": HOSTILE, "references": [_BOOK]}
        await ended(text.author, await text.author.post(f"{text.path}/versions", body))
        await stepped(text.author, text.contribution, "submit")
        await stepped(text.editor, text.contribution, "take")
        await stepped(text.editor, text.contribution, "clear")
        await stepped(chief, text.edition, "close_call")
        await stepped(chief, text.edition, "freeze")
        for tail in (f"/reports/{text.edition['ref']}", f"/reports/{text.edition['ref']}/{text.contribution['ref']}"):
            assert (await site.page(f"/en{tail}")).status_code == 404, "nothing is shown before it is published"
        await built(chief, text.edition_path, "final")
        edition = await stepped(chief, text.edition, "publish")
        yield Published(chief, text, edition, (await chief.get(text.path)).json())
    patch.undo()


def _data(page: str) -> list[dict[str, Any]]:
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    found: list[dict[str, Any]] = orjson.loads(block[1])["@graph"]
    return found


@pytest.mark.long(_COSTS)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_is_there_in_each_language(site: Site, published: Published, language: str) -> None:
    for tail in ("/reports", published.page, published.chapter, f"{published.page}/figures/experts"):
        response = await site.page(f"/{language}{tail}")
        assert response.status_code == 200, response.text
        page = Balance(response.text)
        assert page.tags.count("h1") == 1
        assert {f"/{other}{tail}" for other in LANGUAGES} <= set(page.links)
        assert f'<link rel="canonical" href="https://escm.invalid/{language}{tail}">' in response.text
        assert "script" not in page.tags
        assert (await site.page(f"/{language}{tail}?x=1")).headers["location"] == f"/{language}{tail}"


@pytest.mark.long(_COSTS)
async def test_an_edition_shows_how_to_cite_it_its_contents_and_its_files(site: Site, published: Published) -> None:
    assert f'href="/en{published.page}"' in (await site.page("/en/reports")).text
    response = await site.page(f"/en{published.page}")
    page, edition = response.text, published.edition
    (build,) = (await site.services["actions"].get(f"{published.text.edition_path}/builds")).json()["items"]
    for file in build["files"]:
        assert (file["sha256"] in page) is (file["contribution"] is None)
        fetched = await site.services["actions"].get(file["link"])
        assert fetched.status_code == 200, "everybody reads the files of a published edition"
    assert f'<a href="/en{published.chapter}">' in page
    assert f"{edition['year']}.{edition['number']}" in page
    assert page.count("https://doi.org/10.5555/report.1") >= 2
    assert '<meta name="citation_doi" content="10.5555/report.1">' in page
    assert page.count('name="citation_pdf_url"') == 2
    (thing, trail) = _data(page)
    assert (thing["@type"], thing["hasPart"][0]["@type"]) == ("Report", "Chapter")
    assert [step["name"] for step in trail["itemListElement"]][:2] == ["ESCM", "Global Report"]
    links = response.headers["link"]
    assert '<https://doi.org/10.5555/report.1>; rel="cite-as"' in links
    for relation in ("describedby", "license", "item", "type"):
        assert f'rel="{relation}"' in links
    by_id = await site.page(f"/en/reports/{edition['id']}")
    assert by_id.text == page


@pytest.mark.long(_COSTS)
async def test_a_contribution_shows_its_text_with_numbered_blocks(site: Site, published: Published) -> None:
    response = await site.page(f"/en{published.chapter}")
    page, number = response.text, published.contribution["number"]
    assert f'<a class="block-number" id="c{number}-b1" href="#c{number}-b1">1</a>' in page
    assert "<h2><a" in page, "headings of the text are below that of the page"
    assert f'<a href="/en{published.page}/figures/experts">' in page
    assert 'role="img" aria-label="Most experts are in Asia."' in page
    assert "Núñez" in page
    text = page[page.index('<div class="report-text"') :]
    assert text.count("<table") == text.count('<table tabindex="0"') > 0
    for forbidden in ("<script", "javascript:", " style=", "<b>peat</b>"):
        assert forbidden not in text
    assert '<meta name="citation_inbook_title"' in page
    printed = re.findall(r'<meta name="citation_pdf_url" content="https://escm.invalid([^"]+)">', page)
    assert len(printed) == 2
    for link in printed:
        assert f'href="{link}"' in page
    (thing, _) = _data(page)
    assert (thing["@type"], thing["isPartOf"]["@type"]) == ("Chapter", "Report")
    assert 'rel="describedby"; type="application/vnd.datacite.datacite+json"' in response.headers["link"]
    assert "x-robots-tag" not in response.headers
    assert response.headers["cache-control"] == "public, max-age=30"
    for private in ("Secret note", "example.org"):
        assert private not in page
    arabic = (await site.page(f"/ar{published.chapter}")).text
    assert '<div class="report-text" lang="en" dir="ltr">' in arabic
    assert "هذا النص بلغته الأصلية" in arabic
    assert ">Figure 1</a>" in arabic, "the words around a text are in its language"


@pytest.mark.long(_COSTS)
async def test_a_figure_shows_its_data_and_whether_it_repeats(site: Site, published: Published) -> None:
    address = f"/en{published.page}/figures/experts"
    page = (await site.page(address)).text
    assert "answers the same numbers" in page
    assert 'alt="Most experts are in Asia."' in page
    image = re.search(r'<img src="([^"]+)"', page)
    assert image
    assert (await site.services["actions"].get(html.unescape(image[1]))).status_code == 200
    (figure,) = (await published.chief.get(f"{FIGURES}?edition_id={published.edition['id']}")).json()["items"]
    kept = await site.superuser.fetchval("SELECT content FROM action_figure_data WHERE figure_id = $1", figure["id"])
    change = "UPDATE action_figure_data SET content = $2 WHERE figure_id = $1"
    await site.superuser.execute(change, figure["id"], kept.replace('"value":', '"value":7'))
    altered = (await site.page(address)).text
    await site.superuser.execute(change, figure["id"], kept)
    assert "answers other numbers" in altered
    assert ">sha256<" in altered


@pytest.mark.long(_COSTS)
async def test_the_report_is_found(site: Site, published: Published) -> None:
    title = published.contribution["titles"]["en"]
    found = await site.client.get("/search", params={"q": title, "kinds": "editions,contributions"})
    (hit,) = found.json()["items"]
    assert (hit["kind"], hit["key"]) == ("contributions", published.contribution["ref"])
    assert (await site.page(hit["links"]["page"])).status_code == 200
    asked = {"q": published.edition["titles"]["en"], "kinds": "editions"}
    (edition,) = (await site.client.get("/search", params=asked)).json()["items"]
    assert edition["links"]["page"] == f"/en{published.page}"
    sitemap = (await site.client.get("/sitemaps/fr.xml")).text
    for tail in ("/reports", published.page, published.chapter):
        assert f"<loc>https://escm.invalid/fr{tail}</loc>" in sitemap
    for kind, record, tail in (
        ("editions", published.edition, published.page),
        (
            "contributions",
            published.contribution,
            f"/reports/{published.edition['id']}/{published.contribution['ref']}",
        ),
    ):
        response = await site.page(f"/en/records/actions/{kind}/{record['id']}")
        assert (response.status_code, response.headers["location"]) == (302, f"/en{tail}")


@pytest.mark.long(_COSTS)
async def test_what_is_not_there_is_404(site: Site, published: Published) -> None:
    other = f"{published.page}/NO-999999"
    tails = ("/reports/NO-999999", "/reports/no", other, f"{published.page}/figures/no", f"/reports/x/{other}")
    for tail in tails:
        assert (await site.page(f"/en{tail}")).status_code == 404, tail


@pytest.mark.long(_COSTS)
async def test_a_retracted_edition_stays_and_is_marked(site: Site, to_retract: Published) -> None:
    reason, published = "A number is <wrong>.", to_retract
    edition = published.edition
    await enter_principal(site.superuser, CALLERS[published.chief.name])
    waiting = await published.chief.step(published.text.edition_path, "retract", reason=reason)
    assert waiting.status_code == 202, waiting.text
    admin = Caller(site.services["actions"], "admin")
    (pending,) = (await admin.get(f"{published.text.edition_path}/transitions/pending")).json()["items"]
    decided = await admin.post(
        f"{published.text.edition_path}/transitions/pending/{pending['id']}", {"decision": "confirm"}
    )
    assert decided.status_code == 200, decided.text
    for tail in (published.page, published.chapter, f"{published.page}/figures/experts"):
        page = (await site.page(f"/en{tail}")).text
        assert "This edition is retracted." in page
        assert "A number is &lt;wrong&gt;." in page
    assert "This edition is retracted." in (await site.page("/en/reports")).text
    assert _data((await site.page(f"/en{published.page}")).text)[0]["creativeWorkStatus"] == "Retracted"
    assert edition["ref"] in (await site.client.get("/sitemaps/en.xml")).text


@pytest.mark.long(_COSTS)
async def test_a_version_that_an_erratum_replaced_has_a_page(site: Site, to_retract: Published) -> None:
    published, said = to_retract, "It is <600> Gt."
    text, anonymous = published.text, Caller(site.services["actions"], None)
    first = f"{published.chapter}/versions/2"
    assert (await site.page(f"/en{first}")).headers["location"] == f"/en{published.chapter}"
    assert (await site.page(f"/en{published.chapter}/versions/1")).status_code == 404
    assert await send_version(text.author, text.path, TEXT.replace("carbon", "600 Gt")) == 3
    made = await text.editor.post(f"{text.path}/errata", {"version": 3, "severity": "minor", "texts": {"en": said}})
    assert made.status_code == 201, made.text
    await completed(anonymous, text, made.json()["build"])
    replaced = made.json()["replaces"]
    tail, edition = f"{published.chapter}/versions/{replaced}", published.edition
    issue = f"{edition['year']}.{edition['number']}.1"
    for language in LANGUAGES:
        response = await site.page(f"/{language}{tail}")
        assert response.status_code == 200, response.text
        page = Balance(response.text)
        assert page.tags.count("h1") == 1
        assert {f"/{other}{tail}" for other in LANGUAGES} <= set(page.links)
        assert f'<link rel="canonical" href="https://escm.invalid/{language}{tail}">' in response.text
        assert f"/{language}{published.chapter}" in page.links
        assert text_in(language, "contributions.superseded", number=3) in response.text
    response = await site.page(f"/en{tail}")
    old, links = response.text, response.headers["link"]
    assert f"Issue {issue}" in old
    assert "It is &lt;600&gt; Gt." in old
    assert "Núñez" in old, "the text that was published first"
    assert "600 Gt.</p>" not in old
    present = f"https://escm.invalid/en{published.chapter}"
    assert f'<{present}>; rel="successor-version"' in links
    assert f'<{present}>; rel="latest-version"' in links
    assert "predecessor-version" not in links
    assert f"version={replaced}" in old
    assert response.headers["x-robots-tag"] == "noindex"
    now = await site.page(f"/en{published.chapter}")
    assert f'<{present}/versions/{replaced}>; rel="predecessor-version"' in now.headers["link"]
    assert f'<a href="/en{tail}">' in now.text
    for page_of in (now.text, (await site.page(f"/en{published.page}")).text):
        assert f"Issue {issue}" in page_of
        assert "It is &lt;600&gt; Gt." in page_of
    assert (await site.page(f"/en{published.chapter}/versions/3")).headers["location"] == f"/en{published.chapter}"
    for other in ("9", "x", "1/2"):
        assert (await site.page(f"/en{published.chapter}/versions/{other}")).status_code == 404
    assert (await site.page(f"/en{tail}?x=1")).headers["location"] == f"/en{tail}"


@pytest.mark.parametrize(("kind", "number"), [("Report", None), ("Chapter", 7)])
def test_the_links_of_a_page_fit_into_the_header_that_proxies_take(kind: str, number: int | None) -> None:
    file = {"link": "/actions/v1/editions/EDI-000001/builds/12/files/report-2026-1-issue-12.ar.annex-7.pdf"}
    files = [
        {**file, "media_type": "application/pdf", "contribution": one}
        for one in (None, *range(1, 121))
        for _ in "abcdef"
    ]
    authors = [{"orcid": "0000-0002-1825-0097"}] * 100
    values = {"cited": {}, "authors": authors, "build": {"files": files}, "record": {"number": number}}
    place = "https://secretariat.example.org/en/reports/EDI-000001/CTN-000001"
    said = described.links(kind, values, place, place, {"licence": "CC-BY-4.0"}, "https://secretariat.example.org")
    assert len(said) < 3_500
    assert said.count('rel="item"') == 6
    assert said.count('rel="author"') == 12


@pytest.mark.parametrize(("issue", "printed"), [(0, "2026.1"), (2, "2026.1.2")])
def test_an_edition_is_named_with_its_last_erratum(issue: int, printed: str) -> None:
    edition = {"ref": "EDI-000001", "titles": {"en": "Report"}, "status": "published", "languages": ["en"]}
    edition |= {"year": 2026, "number": 1, "issue": issue, "published_at": "2026-12-01T10:00:00Z"}
    page = templates.page("reports.html", "en", tail="/reports", items=[edition], spoken=OWN_NAMES)
    assert f">{printed}</td>" in page.decode()


def test_published_comments_stand_with_the_names_of_who_consents() -> None:
    whole = {"ref": "EDI-000001", "titles": {"en": "Report"}, "status": "published", "languages": ["en"], "issue": 0}
    whole |= {"year": 2026, "number": 1, "published_at": "2026-12-01T10:00:00Z", "licence": "CC0-1.0"}
    record = {"ref": "CTB-000001", "number": 1, "titles": {"en": "Peat"}, "language": "en", "links": {"self": "/x"}}
    record |= dict.fromkeys(("country", "funding", "conflicts", "abstract", "keywords"))
    said = {"number": 7, "from": 2, "text": "How <much>?", "answer": "600 Gt."}
    comments = [
        {**said, "commenter": "Amina <Khan>", "answerer": None},
        {**said, "number": 8, "commenter": None, "answerer": "Bo Example"},
    ]
    page = templates.page(
        "contribution.html",
        "fr",
        tail="/reports/EDI-000001/CTB-000001",
        record=record,
        whole=whole,
        cited={},
        build=None,
        text=None,
        authors=[],
        tags=[],
        versions=[],
        errata=[],
        earlier=set(),
        comments=comments,
        has_more_comments=True,
        spoken=OWN_NAMES,
        formats=described.FORMATS,
        direction_of=direction_of,
        doi_address=described.doi_address,
        orcid_address=described.orcid_address,
        licence_address=described.licence_address,
    ).decode()
    assert "Commentaire 7 sur le bloc 2" in page
    assert page.count("How &lt;much&gt;?") == 2
    assert "<bdi>Amina &lt;Khan&gt;</bdi>" in page
    assert "<strong>Réponse</strong>" in page
    assert "<bdi>Bo Example</bdi>" in page
    assert 'href="/x/comments"' in page


def test_a_text_ends_with_its_own_section() -> None:
    page = (
        '<section class="place" id="c"><section class="contribution" id="c1"><h3>One</h3>'
        '<div class="text" lang="ar">\n<h4 style="color: red">A</h4>'
        '<section id="x"><h5>B</h5></section></div></section>'
        '<section class="contribution" id="c12"><div class="text" lang="en">\n<p>Twelve</p></div></section></section>'
    )
    one = fragment_of(page, 1, "/f", "/b")
    assert one is not None
    assert one.content.strip() == '<h2>A</h2><section id="x"><h3>B</h3></section>'
    assert (one.language, one.direction) == ("ar", "rtl")
    twelve = fragment_of(page, 12, "/f", "/b")
    assert twelve is not None
    assert twelve.content.strip() == "<p>Twelve</p>"
    assert fragment_of(page, 2, "/f", "/b") is None


def test_an_image_of_a_text_is_the_file_of_its_build() -> None:
    name = f"image-{'0a' * 16}.png"
    page = (
        '<section class="contribution" id="c1"><div class="text" lang="en">\n'
        f'<p><img role="img" src="{name}" alt="A bog" /> src="{name}"</p></div></section>'
    )
    found = fragment_of(page, 1, "/f", "/b/1/files")
    assert found is not None
    assert found.content.strip() == f'<p><img role="img" src="/b/1/files/{name}" alt="A bog" /> src="{name}"</p>'


async def test_pages_of_editions_are_read_once_and_the_oldest_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.portal.reports.fragments._MOST_BYTES", 10)
    asked: list[str] = []

    class Reads:
        async def file(self, path: str, *, most_bytes: int) -> bytes:
            asked.append(path)
            return b"123456"

    pages, reads = EditionPages(), Reads()
    for digest in ("a", "a", "b", "b", "a"):
        assert await pages.page(reads, digest, digest) == "123456"  # type: ignore[arg-type]
    assert asked == ["a", "b", "a"]
