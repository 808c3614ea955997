"""A person imports a list at the console: columns, rehearsal, import, failures, undo."""

import io
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import httpx
import pytest
import xlsxwriter

from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from services.portal.console.frame.files import SentFile
from services.portal.console.imports import files
from services.portal.console.imports.files import carried, from_carried, preview_of
from services.portal.console.imports.kinds import import_kinds, named_kinds
from tests.support.console import Browser, ConsoleSystem, form_of
from tests.support.waiting import eventually
from tests.support.workers import at_work, without_relay

NEW = "/console/imports/new"
EXPERTS = "membership.experts"


@pytest.fixture(scope="module")
async def worker(console: ConsoleSystem, redis_url: str) -> AsyncIterator[None]:
    settings = console.app.apps["membership"].state.settings
    assert isinstance(settings, MembershipSettings)
    async with at_work(without_relay(create_worker(settings))):
        yield


@pytest.fixture
async def author(console: ConsoleSystem) -> Browser:
    found = await console.person(("national_author", "country", "XA"))
    await found.open(NEW)
    return found


def _list(bad: int = 1) -> bytes:
    word = uuid4().hex
    good = [f"Nadia {word} {n},XA,{word}-{n}@example.org,=soil\r\n" for n in range(3)]
    return "".join(["Full name,country,Mail,keywords\r\n", *good, *["No Country <b>,ZZ,,\r\n"] * bad]).encode()


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


async def _ended(person: Browser, place: str) -> httpx.Response:
    """The page of an import at its end."""

    async def look() -> httpx.Response | None:
        page = await person.get(place)
        return None if "aria-busy" in page.text else page

    found: httpx.Response = await eventually(look)
    return found


async def _columns(person: Browser, content: bytes, name: str = "list.csv", **more: str) -> httpx.Response:
    page = await person.get(NEW)
    action, hidden = form_of(page, "columns")
    form = {**hidden, "kind": EXPERTS, "source": "Register", **more}
    return await person.upload(action, form, (name, content, "text/csv"))


async def _onward(person: Browser, page: httpx.Response, at: str, **given: str) -> httpx.Response:
    """Sends the form of a page of an import, which is no plain form."""
    action, hidden = form_of(page, at)
    headers = {"Sec-Fetch-Site": "same-origin"}
    parts = {name: (None, value) for name, value in {**hidden, **given}.items()}
    return await person._sent("POST", action, headers, files=parts)


async def test_a_list_is_looked_at_rehearsed_imported_and_undone(
    console: ConsoleSystem, worker: None, author: Browser
) -> None:
    columns = await _columns(author, _list())
    assert columns.status_code == 200
    assert '<option value="full_name" selected>' in columns.text
    assert "No Country &lt;b&gt;" in columns.text
    checked = await _onward(
        author, columns, "check", **{"field-0": "full_name", "field-1": "country", "field-2": "email", "field-3": ""}
    )
    assert checked.status_code == 200, checked.text
    assert "Nothing is written yet" in checked.text
    assert "<dt>new</dt><dd>3</dd>" in checked.text
    assert "<dt>failed</dt><dd>1</dd>" in checked.text
    assert "No Country &lt;b&gt;" in checked.text
    done = await _onward(author, checked, "commit")
    assert done.status_code == 303, done.text
    place = done.headers["location"]
    page = await _ended(author, place)
    assert "<dt>new</dt><dd>3</dd>" in page.text
    assert "No Country &lt;b&gt;" in page.text
    download = await author.get(f"{place}/failures.csv")
    assert download.headers["content-type"].startswith("text/csv")
    assert download.headers["content-disposition"].startswith("attachment")
    assert b"No Country <b>" in download.content
    await author.fill(page, at="undo")
    undone = await _ended(author, place)
    assert "Undone" in undone.text
    assert "Undo the import" not in undone.text
    assert "list.csv" in (await author.get("/console/imports")).text


async def test_the_columns_of_a_workbook_are_matched_and_its_faulty_rows_are_shown(
    worker: None, author: Browser
) -> None:
    rows = [("Name of the person", "country"), (f"Xenia {uuid4().hex}", "XA"), ("No Country", "ZZ")]
    columns = await _columns(author, _workbook(rows), "list.xlsx")
    assert columns.status_code == 200, columns.text
    assert "Name of the person" in columns.text
    assert "No Country" in columns.text
    checked = await _onward(author, columns, "check", **{"field-0": "full_name", "field-1": "country"})
    assert "<dt>new</dt><dd>1</dd>" in checked.text
    assert "<dt>failed</dt><dd>1</dd>" in checked.text
    failed = checked.text.partition("Rows that fail")[2]
    assert "No Country" in failed
    assert "Xenia" not in failed


async def test_who_may_import_nothing_reads_why(console: ConsoleSystem) -> None:
    reader = await console.person(("committee_secretary", "country", "XA"))
    await reader.open(NEW)
    columns = await _columns(reader, _list())
    refused = await _onward(reader, columns, "check")
    assert refused.status_code == 403
    assert "Number of this request" in refused.text


async def test_a_person_is_offered_what_they_may_import(console: ConsoleSystem, author: Browser) -> None:
    page = await author.get(NEW)
    assert 'value="membership.experts"' in page.text
    assert 'value="centres.centres"' not in page.text
    admin = await console.person(("secretariat_admin", "global", None))
    shown = await admin.open(NEW)
    assert [key for key in import_kinds() if f'value="{key}"' not in shown.text] == []


async def test_what_the_api_finds_wrong_with_a_file_stands_above_its_columns(author: Browser) -> None:
    columns = await _columns(author, b"a,b\r\n1,2\r\n")
    refused = await _onward(author, columns, "check", **{"field-0": "", "field-1": ""})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "No column is recognised" in refused.text
    assert 'name="carried"' in refused.text


async def test_an_import_of_another_person_is_not_found(console: ConsoleSystem, author: Browser) -> None:
    other = await console.person(("national_author", "country", "XB"))
    await other.open("/console/")
    for path in (f"/console/imports/{uuid4()}", "/console/imports/not~an~id"):
        assert (await other.get(path)).status_code == 404


async def test_a_file_is_taken_from_a_page_of_this_session_alone(console: ConsoleSystem, author: Browser) -> None:
    page = await author.get(NEW)
    _, hidden = form_of(page, "columns")
    file = {"file": ("a.csv", b"full_name\r\nNadia\r\n", "text/csv")}
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, (value, _) in author.cookies.items())}
    cross = {**cookie, "Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    form = {**hidden, "kind": EXPERTS}
    refused = await author.http.post("/console/imports/columns", data=form, files=file, headers=cross)
    assert refused.status_code == 403
    without = await author.upload("/console/imports/columns", {"kind": EXPERTS}, file["file"])
    assert without.status_code == 400


async def test_an_empty_form_says_what_is_missing(author: Browser) -> None:
    for changed in ({"kind": "nothing"}, {"kind": "membership.mails"}):
        page = await _columns(author, _list(), **changed)
        assert page.status_code == 422
        assert "Choose a file" in page.text


def test_a_file_is_carried_whole_or_chosen_again() -> None:
    file = SentFile("list.csv", "text/csv", _list(0))
    assert from_carried("list.csv", "text/csv", carried(file)) == file
    assert from_carried("a", "", "no base64") is None
    assert from_carried("a", "", "AAAA") is None
    anything = SentFile("a.csv", "text/csv", b"".join(uuid4().bytes for _ in range(70_000)))
    assert carried(anything) == ""


def test_a_small_text_that_unpacks_to_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = carried(SentFile("a.csv", "text/csv", b"a" * 4000))
    monkeypatch.setattr(files, "LARGEST", 3999)
    assert from_carried("a.csv", "text/csv", text) is None


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.csv", b"\xef\xbb\xbffull_name;country\r\nX;XA\r\n", (("full_name", "full_name"), ("country", "country"))),
        ("a.tsv", b"full name\tx\nX\tY\n", (("full name", "full_name"), ("x", ""))),
        ("a.xlsx", _workbook([("Full name", "x"), ("X", "Y")]), (("Full name", "full_name"), ("x", ""))),
        ("a.xlsx", b"PK", None),
        ("a.json", b"[]", None),
        ("a.csv", b"\xff\xfe", None),
        ("a.csv", b"", None),
    ],
)
async def test_a_file_is_looked_at_by_its_delimiter_and_headings(
    name: str, content: bytes, columns: tuple[tuple[str, str], ...] | None
) -> None:
    preview = await preview_of(SentFile(name, "", content), import_kinds()[EXPERTS], "somebody")
    assert (preview.columns if preview else None) == columns


def test_every_kind_that_is_imported_is_offered_by_its_name() -> None:
    assert {key for key, _ in named_kinds("fr")} == import_kinds().keys()
    assert {"membership.experts", "actions.results", "centres.centres"} <= import_kinds().keys()
    assert all(kind.headings for kind in import_kinds().values())
