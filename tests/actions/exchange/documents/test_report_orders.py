"""Whoever may read a report orders it as PDF, with what they may know of it."""

import io

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from tests.support.callers import CALLERS, Caller
from tests.support.imports import Importer
from tests.support.principals import enter_principal
from tests.support.progress import (
    Reporting,
    as_delegate,
    as_reviewer,
    publish,
    question,
    section,
    write,
)
from tests.support.results import active_indicator, published, result

_SECTIONS = (
    section("summary", question("achieved", public=True), question("doubts")),
    section("numbers", question("values", "results", required=False, public=True)),
)


@pytest.fixture
def author(actions: httpx.AsyncClient, worker: None) -> Caller:
    return Caller(actions, "author_xa")


def _pages(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


async def _file_of(by: Caller, path: str, language: str = "en") -> str:
    """The address of the file of a new order."""
    ordered = await by.post(f"{path}/pdf", {"language": language})
    assert (ordered.status_code, ordered.json()["status"]) == (202, "queued"), ordered.text
    job = await Importer(by._client, by.name, "actions").end_of(ordered.headers["location"])
    assert job["status"] == "succeeded", job
    return str(job["result_url"])


async def _text(by: Caller, path: str, language: str = "en") -> str:
    response = await by.get(await _file_of(by, path, language))
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    return _pages(response.content)


@pytest.mark.long("prints a whole report")
async def test_a_draft_is_printed_whole_for_its_country(author: Caller) -> None:
    path = await (await Reporting.begun(author, sections=_SECTIONS)).report()
    await write(author, path, "summary", achieved="Twelve stations.", doubts="A doubt of the ministry")
    ref = (await author.get(path)).json()["ref"]
    text = await _text(author, path)
    for words in ("Twelve stations.", "A doubt of the ministry", "Not published", "Alphaland", ref, path):
        assert words in text, text
    assert "Non publié" in await _text(author, path, "fr")
    url = await _file_of(author, path)
    assert (await author.known_as("author_xb").get(url)).status_code == 404
    assert (await author.known_as("author_xb").post(f"{path}/pdf", {})).status_code == 404
    assert (await Caller(author._client, None).post(f"{path}/pdf", {})).status_code == 401
    refused = await author.post(f"{path}/pdf", {"language": "de"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/language")


@pytest.mark.long("prints a report for several readers")
async def test_a_published_report_has_for_others_what_is_theirs_to_know(author: Caller) -> None:
    admin, other = author.known_as("admin"), author.known_as("author_xb")
    begun = await Reporting.begun(author, sections=_SECTIONS)
    values = {}
    for name, number, visibility in (("Wetlands", "12.50", "network"), ("Borders", "77.25", "restricted")):
        measured = await active_indicator(admin, framework=begun.code, titles={"en": name})
        about = {"indicator_id": measured, "period_id": begun.period_id, "country": "XA", "method": "measured"}
        values[name] = await result(author, {**about, "value": number, "visibility": visibility})
        await published(author, values[name])
    path = await begun.report()
    await write(author, path, "summary", achieved="Twelve stations.", doubts="A doubt of the ministry")
    await write(author, path, "numbers", values=[values["Wetlands"][-36:]])
    assert (await author.step(path, "submit")).status_code == 200
    await publish(author, path)
    text = await _text(other, path)
    assert ("Twelve stations." in text, "12.50" in text, "Published on" in text) == (True, True, True), text
    assert [words for words in ("doubt", "77.25", "Not published", values["Wetlands"][-36:]) if words in text] == []
    whole = await _text(author, path)
    assert ("A doubt of the ministry" in whole, "77.25" in whole) == (True, True), whole
    assert (await admin.step(path, "retract", reason="Wrong numbers")).status_code == 200
    assert "Retracted" in await _text(other, path)


async def test_whom_sections_are_delegated_to_does_not_order_the_report(
    author: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await (await Reporting.begun(author, sections=_SECTIONS)).report()
    delegate = as_delegate(author, path, monkeypatch)
    await enter_principal(superuser, CALLERS[delegate.name])
    body = {"account_id": str(CALLERS[delegate.name].id), "sections": ["summary"]}
    assert (await author.post(f"{path}/delegations", body)).status_code == 201
    refused = await delegate.post(f"{path}/pdf", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_delegated")
    reviewer = as_reviewer(author, path, monkeypatch)
    await enter_principal(superuser, CALLERS[reviewer.name])
    assert "Not published" in await _text(reviewer, path)
