"""Editors build an edition as files, which are the same each time, and stand while another attempt is killed."""

import hashlib
import io
import signal
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from lxml import etree
from pypdf import PdfReader

from services.actions.settings import ActionsSettings
from shared.messaging.work_store import JobStore
from tests.actions.global_report.test_versions import ended
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, FIGURES, contribution_body, edition, editor, figure_body
from tests.support.imports import Start, starting
from tests.support.mailbox import Mailbox
from tests.support.published_files import jats_faults, pdf_faults
from tests.support.review import UnderReview
from tests.support.waiting import eventually

_BEGUN = """
SELECT b.id FROM action_build b JOIN action_build_file f ON f.build_id = b.id
WHERE b.edition_id = $1 AND b.status = 'building' GROUP BY b.id HAVING count(*) >= 2
"""
HOSTILE = """# Peat <script>alert(1)</script>

Peat stores carbon [@land; @unknown], see {figure:experts}; {figure:nothing}. Then $E = mc^2$ and
$\\foo{#read("/etc")}$.

- [here](#peat) and [there](javascript:alert(1))
- in fens, see {figure:experts} again[^1] 😀

[^1]: A note #read("/etc/passwd").

| where          | how much |
|----------------|----------|
| #image("/etc") | 600      |

    code #read("/etc/passwd")

Sentence with #read("/etc/passwd") and ]( *"quotes"* & ]] $ @label \\ `x` and #include "/etc/passwd".

$$\\sum_{i=1}^{n} \\frac{a}{b}$$
"""
_FAULTY = '[{"t": "RawBlock", "c": ["typst", "#panic()"]}]'
"""What no reading leaves in a version."""
_HREF = "{http://www.w3.org/1999/xlink}href"
_COSTS = "each format of each language is a process of pandoc or typst"


async def built(by: Caller, path: str, kind: str = "proof", **more: Any) -> dict[str, Any]:
    """The build that a job has made."""
    job = await ended(by, await by.post(f"{path}/builds", {"kind": kind, **more}))
    assert job["status"] == "succeeded", job
    found = (await by.get(f"{path}/builds")).json()["items"]
    return next(one for one in found if one["number"] == job["result"]["build"])


async def contents(by: Caller, build: dict[str, Any]) -> dict[str, bytes]:
    """The files of a build by the ends of their names. Their digests hold, those of the archive too."""
    found = {}
    for one in build["files"]:
        response = await by.get(one["link"])
        assert response.status_code == 200, response.text
        assert hashlib.sha256(response.content).hexdigest() == one["sha256"]
        assert (len(response.content), response.headers["etag"]) == (one["size"], f'"{one["sha256"]}"')
        assert response.headers["content-disposition"].startswith("attachment")
        found[one["name"].partition(".")[2]] = response.content
    with zipfile.ZipFile(io.BytesIO(found["zip"])) as archive:
        listed = orjson.loads(archive.read("manifest.json"))["files"]
        assert {one["name"] for one in listed} == {*archive.namelist()} - {"manifest.json"}
        for one in listed:
            assert hashlib.sha256(archive.read(one["name"])).hexdigest() == one["sha256"]
            assert archive.getinfo(one["name"]).date_time == (1980, 1, 1, 0, 0, 0)
    return found


@pytest.fixture
def start(settings: ActionsSettings) -> Iterator[Start]:
    with starting("tests.actions.global_report.program", settings) as start_one:
        yield start_one


def said(pdf: bytes) -> str:
    """The text of a PDF, without the places where long words may break."""
    pages = (page.extract_text().replace("\u200b", "") for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(" ".join(page.split()) for page in pages)


def profile(pdf: bytes) -> str:
    """Which profile a PDF says it has."""
    metadata = PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    return next(name for name in ("pdfuaid:part", "pdfaid:part") if name in metadata)


async def test_a_build_whose_layout_fails_ends_and_says_why(
    frozen: tuple[Caller, UnderReview], superuser: asyncpg.Connection
) -> None:
    chief, text = frozen
    await superuser.execute("ALTER TABLE action_version DISABLE TRIGGER USER")
    await superuser.execute(
        "UPDATE action_version SET content = $2 WHERE contribution_id = $1", UUID(text.contribution["id"]), _FAULTY
    )
    await superuser.execute("ALTER TABLE action_version ENABLE TRIGGER USER")
    ordered = await chief.post(f"{text.edition_path}/builds", {"kind": "final", "languages": ["en"]})
    job = await ended(chief, ordered)
    assert (job["status"], job["problem"]["code"]) == ("failed", "not_printable")
    (failed,) = (await chief.get(f"{text.edition_path}/builds")).json()["items"]
    assert (failed["status"], failed["finished_at"] is None) == ("failed", False)
    assert "The layout build.typ failed" in failed["problem"]
    again = await chief.post(f"{text.edition_path}/builds", {"kind": "final", "languages": ["en"]})
    assert again.status_code == 202, "another one may be ordered"
    await ended(chief, again)


@pytest.mark.long(_COSTS)
async def test_a_final_build_is_complete_and_the_same_again(
    frozen: tuple[Caller, UnderReview], superuser: asyncpg.Connection
) -> None:
    chief, text = frozen
    first = await built(chief, text.edition_path, "final")
    assert (first["kind"], first["status"], first["stale"]) == ("final", "complete", False)
    number = text.contribution["number"]
    assert first["warnings"] == [{"code": "translation_missing", "language": "ar", "contribution": number}]
    files = await contents(chief, first)
    assert files.keys() == {
        *("ar.html", "ar.jats.xml", "ar.md", "ar.pdf", "en.html", "en.jats.xml", "en.md", "en.pdf"),
        *("json", "zip", "bib", "ris", "csl.json", "datacite.json", "datacite.xml"),
        *(f"{language}.soils-{number}.pdf" for language in ("ar", "en")),
    }
    await superuser.execute("DELETE FROM action_build_part WHERE edition_id = $1", UUID(text.edition["id"]))
    assert await contents(chief, await built(chief, text.edition_path, "final")) == files, "made anew"
    page = files["ar.html"].decode()
    assert ('dir="rtl"' in page, "النص بلغته الأصلية" in page, "<svg" in page) == (True, True, True)
    assert f'id="c{number}-b3"' in files["en.html"].decode()
    for language in ("ar", "en"):
        assert jats_faults(files[f"{language}.jats.xml"]) == []
        assert pdf_faults(files[f"{language}.pdf"], "3a") == []
        assert pdf_faults(files[f"{language}.soils-{number}.pdf"], "ua1") == []
    assert pdf_faults(files["en.pdf"], "ua1") != [], "the checker finds what is missing"
    article = etree.fromstring(files["en.jats.xml"])
    assert article.xpath("string(sub-article/front-stub/title-group)") == text.contribution["titles"]["en"]
    assert article.xpath("//list-item/p/text()") == ["fens", "mires"]
    assert [one.get(_HREF) for one in article.iterfind(".//fig/graphic")] == ["figures/experts.en.svg"]
    ids = [one.get("id") for one in article.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) > 1
    with zipfile.ZipFile(io.BytesIO(files["zip"])) as archive:
        data = (await chief.get(f"{FIGURES}?edition_id={text.edition['id']}")).json()["items"][0]["links"]["self"]
        kept = (await chief.get(f"{data}/data")).json()["content"]
        assert archive.read("figures/experts.json").decode() == kept
    printed = said(files["en.pdf"])
    assert "Most of it lies in bogs." in printed
    for name, content in files.items():
        if name.endswith(".pdf"):
            assert (PdfReader(io.BytesIO(content)).metadata or {}).keys().isdisjoint({"/Author", "/Keywords"}), name
    (chapter,) = [one for one in first["files"] if one["contribution"] == number and one["language"] == "en"]
    assert chapter["name"].endswith(f".en.soils-{number}.pdf")
    alone = files[f"en.soils-{number}.pdf"]
    assert "Most of it lies in bogs." in said(alone)
    assert (profile(alone), profile(files["en.pdf"])) == ("pdfuaid:part", "pdfaid:part")
    assert profile(files[f"ar.soils-{number}.pdf"]) == "pdfuaid:part"
    assert files["bib"].startswith(b"@techreport{escm-")
    assert files["ris"].startswith(b"TY  - RPRT")
    assert orjson.loads(files["datacite.json"])["types"]["resourceTypeGeneral"] == "Report"
    assert etree.fromstring(files["datacite.xml"]).tag.endswith("resource")
    assert orjson.loads(files["csl.json"])[0]["type"] == "report"


@pytest.mark.long(_COSTS)
async def test_a_later_change_makes_a_build_stale(frozen: tuple[Caller, UnderReview]) -> None:
    chief, text = frozen
    made = await built(chief, text.edition_path, "final", languages=["en"])
    assert (made["languages"], made["stale"]) == (["en"], False)
    await stepped(chief, text.edition, "thaw", reason="A mistake.")
    changed = await chief.change(text.edition_path, isbn="978-3-16-148410-0")
    assert changed.status_code == 200, changed.text
    found = (await chief.get(f"{text.edition_path}/builds")).json()["items"]
    assert [one["stale"] for one in found] == [True]
    refused = await chief.post(f"{text.edition_path}/builds", {"kind": "final"})
    assert (refused.status_code, refused.json()["current_state"]) == (409, "writing")
    proof = await built(chief, text.edition_path, languages=["en"])
    assert proof["kind"] == "proof"
    files = await contents(chief, proof)
    assert "Proof" in said(files["en.pdf"])
    assert "The data follows" in files["en.html"].decode()


@pytest.mark.long("kills a process")
async def test_a_killed_build_ends_when_it_is_taken_again(
    frozen: tuple[Caller, UnderReview],
    start: Start,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief, text = frozen
    before = await built(chief, text.edition_path, "final")
    files = await contents(chief, before)

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(JobStore, "take", nothing)
    start("relay")
    ordered = await chief.post(f"{text.edition_path}/builds", {"kind": "final"})
    first = start("worker")
    await eventually(lambda: superuser.fetchval(_BEGUN, text.edition["id"]))
    first.send_signal(signal.SIGKILL)
    first.wait()
    cut, old = (await chief.get(f"{text.edition_path}/builds")).json()["items"]
    assert (cut["status"], old) == ("building", before)
    for one in cut["files"]:
        assert (await chief.get(one["link"])).content == files[one["name"].partition(".")[2]]
    start("worker")
    assert (await ended(chief, ordered))["status"] == "succeeded"
    again = (await chief.get(f"{text.edition_path}/builds")).json()["items"][0]
    assert await contents(chief, again) == files
    lines = (await chief.get(f"{text.edition_path}/history")).json()["items"]
    assert [line["action"] for line in lines[:3]] == ["build", "build", "freeze"]
    assert lines[0]["by"]["kind"] == "account"


@pytest.mark.long(_COSTS)
async def test_what_a_text_says_runs_nowhere(
    admin: Caller, posted: Mailbox, membership: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert membership
    of = await edition(admin, "open_call", "close_call")
    chief = editor(admin, of, monkeypatch)
    await entered(chief, FIGURES, figure_body(of))
    text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    sent = {"body": HOSTILE, "references": [{"id": "land", "type": "report", "title": "<b>Land</b> #read(1)"}]}
    job = await ended(chief, await chief.post(f"{text['links']['self']}/versions", sent))
    assert job["status"] == "succeeded", job
    made = await built(chief, of["links"]["self"])
    files = await contents(chief, made)
    page, printed = files["en.html"].decode(), said(files["en.pdf"])
    assert ("<script" in page, "javascript:" in page) == (False, False)
    assert '#read("/etc/passwd")' in printed
    assert '<a href="#figure-experts">Figure 1</a>' in page
    assert page.count('id="figure-experts"') == 1
    assert "root:" not in printed
    assert jats_faults(files["en.jats.xml"]) == []
    assert pdf_faults(files["en.pdf"], "3a") == []
    assert pdf_faults(files[f"en.soils-{text['number']}.pdf"], "ua1") == []
    assert {one["code"] for one in made["warnings"]} == {"symbols_left_out"}


@pytest.mark.long(_COSTS)
async def test_a_contribution_by_itself_is_for_reading(
    admin: Caller, posted: Mailbox, membership: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert membership
    of = await edition(admin, "open_call", "close_call")
    chief = editor(admin, of, monkeypatch)
    await entered(chief, FIGURES, figure_body(of))
    names = []
    for body in ("# Peat\n\nSee {figure:experts}.", "# Soils\n\n##### Deep\n\nAs in {figure:experts}, $E = mc^2$."):
        text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
        await ended(chief, await chief.post(f"{text['links']['self']}/versions", {"body": body}))
        names.append(f"en.soils-{text['number']}.pdf")
    made = await built(chief, of["links"]["self"])
    assert made["warnings"] == []
    files = await contents(chief, made)
    for name in names:
        assert profile(files[name]) == "pdfuaid:part"
        assert said(files[name]).count("Figure 1. Experts by region") == 1, (
            "also where it stands elsewhere in the whole"
        )
    assert said(files["en.pdf"]).count("Figure 1. Experts by region") == 1
    assert "Deep" in said(files[names[1]])
    assert "Deep" not in said(files[names[0]])


async def test_editors_order_builds_and_nobody_else_reads_them(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call", "close_call")
    path, colleague = of["links"]["self"], editor(admin, of, monkeypatch)
    for body, pointer in (({"kind": "draft"}, "/kind"), ({"kind": "proof", "languages": ["fr"]}, "/languages/0")):
        refused = await colleague.post(f"{path}/builds", body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    early = await colleague.post(f"{path}/builds", {"kind": "final"})
    assert (early.status_code, early.json()["current_state"]) == (409, "writing")
    ordered = await colleague.post(f"{path}/builds", {"kind": "proof"})
    assert ordered.status_code == 202, ordered.text
    assert (await colleague.post(f"{path}/builds", {"kind": "proof"})).status_code == 409, "one at a time"
    items = (await colleague.get(f"{path}/builds")).json()["items"]
    assert [(one["number"], one["status"], one["stale"], one["files"]) for one in items] == [(1, "building", None, [])]
    elsewhere = editor(admin, await edition(admin), monkeypatch)
    for caller, status in ((anonymous, 401), (elsewhere, 403), (admin.known_as("focal_xa"), 403)):
        for tail in ("builds", "builds/1/files/report.pdf"):
            assert (await caller.get(f"{path}/{tail}")).status_code == status
        assert (await caller.post(f"{path}/builds", {"kind": "proof"})).status_code == status
    for tail in ("1/files/report.pdf", "x/files/report.pdf", "1/files/..%2f..%2fetc%2fpasswd"):
        assert (await colleague.get(f"{path}/builds/{tail}")).status_code == 404
    await superuser.execute("DELETE FROM action_build WHERE edition_id = $1", of["id"])
