"""Files in forms of the console: sent beside the fields, named by the record, and bounded."""

from typing import Any

import httpx
import pytest

from services.portal.console.frame import files
from tests.support.console import Browser, ConsoleSystem, form_of
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import inputs

EVIDENCE, LETTERS = "/actions/v1/evidence", "/actions/v1/correspondence"
NEW, NEW_LETTER = "/console/actions/evidence/new", "/console/actions/correspondence/new"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FILE = ("letter.pdf", PDF, "application/pdf")


@pytest.fixture(scope="session")
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "WS"), name="Ola Example")
    await found.open("/console/")
    return found


@pytest.fixture
def api(console: ConsoleSystem, officer: Browser) -> ConsoleApi:
    return ConsoleApi(console, officer)


async def _sent(by: Browser, page: httpx.Response, at: str, **given: Any) -> httpx.Response:
    """Sends a form with its files, each a name, content and media type."""
    chosen = {name: value for name, value in given.items() if isinstance(value, tuple)}
    texts = {name: value for name, value in given.items() if name not in chosen}
    shown = {name: text for name, text in inputs(page).items() if name not in chosen}
    return await by._sent(
        "POST", at, {"Sec-Fetch-Site": "same-origin"}, data={**shown, **texts}, files=chosen or {"": b""}
    )


def _letter(**more: Any) -> dict[str, Any]:
    said = {"subject": "A letter with a file", "direction": "in", "date": "2026-11-02", "country": "WS"}
    said |= {"document.date": "2026-11-01"}
    return {**said, **more}


async def test_a_file_is_sent_with_what_is_said_about_it(officer: Browser, api: ConsoleApi) -> None:
    page = await officer.get(NEW)
    assert page.status_code == 200, page.text
    assert 'enctype="multipart/form-data"' in page.text
    sent = await _sent(officer, page, NEW, file=FILE, title="Minutes of the first meeting", country="WS")
    assert sent.status_code == 303, sent.text
    key = sent.headers["location"].rpartition("/")[2].partition("?")[0]
    record = await api.get(f"{EVIDENCE}/{key}")
    assert (record["title"], record["country"]) == ("Minutes of the first meeting", "WS")


async def test_a_form_without_its_file_says_so(officer: Browser) -> None:
    page = await officer.get(NEW)
    sent = await _sent(officer, page, NEW, title="No file", country="WS")
    assert sent.status_code == 422
    assert "No file" in sent.text
    assert 'href="#f-file"' in sent.text


async def test_the_file_of_a_letter_is_sent_with_the_letter(officer: Browser, api: ConsoleApi) -> None:
    page = await officer.get(NEW_LETTER)
    name = next(name for name in _names(page) if name.endswith("evidence_id.file"))
    sent = await _sent(officer, page, NEW_LETTER, **_letter(), **{name: FILE})
    assert sent.status_code == 303, sent.text
    letter = await api.get(f"{LETTERS}/{sent.headers['location'].rpartition('/')[2].partition('?')[0]}")
    (found,) = [one for one in (await api.get(EVIDENCE, q="letter.pdf"))["items"] if one["title"] == "letter.pdf"]
    assert found["id"] in str(letter)


async def test_a_file_that_is_refused_is_said_at_its_field_and_the_words_stay(officer: Browser) -> None:
    page = await officer.get(NEW_LETTER)
    name = next(name for name in _names(page) if name.endswith("evidence_id.file"))
    given = {**_letter(subject="These words stay"), name: ("run.exe", b"MZ\x00\x01", "application/x-msdownload")}
    sent = await _sent(officer, page, NEW_LETTER, **given)
    assert sent.status_code == 422
    assert "These words stay" in sent.text
    assert 'class="fault"' in sent.text


async def test_a_file_is_not_lost_when_the_form_lacks_something_else(officer: Browser, api: ConsoleApi) -> None:
    page = await officer.get(NEW_LETTER)
    name = next(name for name in _names(page) if name.endswith("evidence_id.file"))
    refused = await _sent(officer, page, NEW_LETTER, **_letter(date="no day"), **{name: ("kept.pdf", PDF, FILE[2])})
    assert refused.status_code == 422, refused.text
    shown = inputs(refused)[name.removesuffix(".file")]
    assert shown, "the reference of the file"
    again = await officer.post(NEW_LETTER, {**inputs(refused), "date": "2026-11-02"})
    assert again.status_code == 303, again.text


async def test_a_file_has_a_bound(officer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await officer.get(NEW)
    monkeypatch.setattr(files, "LARGEST", 10)
    sent = await _sent(officer, page, NEW, file=FILE, title="Too large", country="WS")
    assert sent.status_code == 413


async def test_a_form_with_files_is_taken_from_a_page_of_this_session_alone(officer: Browser) -> None:
    page = await officer.get(NEW)
    _, hidden = form_of(page)
    forged = {**hidden, "form_token": "x" * 43, "title": "Forged", "country": "WS"}
    sent = await officer.upload(NEW, forged, FILE)
    assert sent.status_code == 400
    assert "Forged" in sent.text, "what was entered is kept"
    headers = {"Sec-Fetch-Site": "cross-site"}
    foreign = await officer._sent("POST", NEW, headers, data=hidden, files={"file": FILE})
    assert foreign.status_code == 403


async def test_who_may_send_no_file_is_asked_for_none(console: ConsoleSystem) -> None:
    reader = await console.person(("auditor", "global", None))
    await reader.open("/console/")
    assert NEW not in (await reader.get("/console/actions/evidence")).text
    assert 'type="file"' not in (await reader.get(NEW_LETTER)).text


def _names(page: httpx.Response) -> list[str]:
    return [part.partition('"')[0] for part in page.text.split(' name="')[1:]]
