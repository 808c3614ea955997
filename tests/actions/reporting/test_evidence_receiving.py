"""Files of evidence are checked by their content before anything is stored."""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.actions.settings import ActionsSettings
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import EVIDENCE, PDF, PNG, archive, bomb, evidence, odf, ooxml, sent, stored

Callers = Callable[[str | None], Caller]
_LIMIT = 1 << 20
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


def _faults(response: httpx.Response) -> tuple[int, str, list[str]]:
    problem = response.json()
    return response.status_code, problem["code"], [error["pointer"] for error in problem.get("errors", ())]


async def test_a_file_is_stored_and_described(caller: Callers, settings: ActionsSettings) -> None:
    author, content = caller("author_xa"), f"Agreed {uuid4()}".encode()
    fields = {
        "category": "B03",
        "date": "2026-03-01",
        "language": "fr",
        "licence": "CC-BY-4.0",
        "keep_until": "2090-01-01",
    }
    response = await sent(author, content, "Minutes du 1er mars.txt", **fields)
    assert response.status_code == 201, response.text
    made, digest = response.json(), hashlib.sha256(content).hexdigest()
    shown = {name: made[name] for name in (*fields, "status", "visibility", "file_name", "size", "media_type")}
    assert shown == {
        **fields,
        "status": "available",
        "visibility": "restricted",
        "file_name": "Minutes du 1er mars.txt",
        "size": len(content),
        "media_type": "text/plain",
    }
    assert (made["sha256"], made["declared_media_type"], made["replaced_by"]) == (digest, "text/plain", None)
    assert made["scan"] == {"state": "not_scanned", "at": None}
    assert made["integrity"] == {"state": "not_checked", "checked_at": None}
    assert response.headers["location"] == made["links"]["self"]
    assert stored(settings)[digest].read_bytes() == content
    for query in (
        "category=B03",
        "media_type=text/plain",
        "scan=not_scanned",
        "integrity=not_checked",
        f"sha256={digest}",
        "q=minutes",
    ):
        found = (await author.get(f"{EVIDENCE}?{query}&limit=200")).json()["items"]
        assert made["id"] in [item["id"] for item in found], query
    assert (await author.get(f"{EVIDENCE}?sha256={'0' * 64}")).json()["items"] == []
    for query in ("sha256=abc", "category=C01", "scan=sound"):
        assert (await author.get(f"{EVIDENCE}?{query}")).status_code == 400, query


async def test_lists_are_sorted_by_size(caller: Callers) -> None:
    author = caller("author_xa")
    for size in (30, 10, 20):
        await evidence(author, b"x" * size)
    sizes = [item["size"] for item in await author.everything(f"{EVIDENCE}?sort=-size&limit=1")]
    assert sizes == sorted(sizes, reverse=True)
    assert {10, 20, 30} <= set(sizes)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PNG, "minutes.pdf", "image/png"),
        (PDF, "minutes.png", "application/pdf"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a.jpg", "image/jpeg"),
        (b"II*\0" + bytes(20), "a.tif", "image/tiff"),
        (b"MM\0*" + bytes(20), "a.tif", "image/tiff"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20), "a.webp", "image/webp"),
        (ooxml(), "a.zip", f"{_OFFICE}wordprocessingml.document"),
        (ooxml("spreadsheetml.sheet"), "a", f"{_OFFICE}spreadsheetml.sheet"),
        (ooxml("presentationml.presentation"), "a", f"{_OFFICE}presentationml.presentation"),
        (odf(), "a.odt", f"{_ODF}text"),
        (odf("spreadsheet"), "a.ods", f"{_ODF}spreadsheet"),
        (PDF + odf(), "a.pdf", "application/pdf"),
        (b"a,b\n1,2\n", "a.CSV", "text/csv"),
        (b'{"a": 1}', "a.json", "application/json"),
        ("\ufeffÉté 夏".encode(), "a.txt", "text/plain"),
        (b"5 < 6", "a", "text/plain"),
    ],
)
async def test_the_content_decides_the_media_type(caller: Callers, content: bytes, name: str, media_type: str) -> None:
    response = await sent(caller("author_xa"), content, name, "application/x-anything")
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["media_type"], made["declared_media_type"]) == (media_type, "application/x-anything")


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\0" + bytes(60),
        b"\x7fELF" + bytes(60),
        "text".encode("utf-16"),
        "é".encode("latin-1"),
        b"text, and \xe2\x82",
        archive(a=b"plain"),
        ooxml(more='<Default Extension="bin" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        ooxml(**{"word/vbaProject.bin": b"x"}),
        ooxml(**{"xl/macrosheets/sheet1.xml": b"x"}),
        odf(Basic__Standard__Module1=b"x"),
        odf("database"),
        ooxml()[:-10],
        b"PK\x05\x06" + bytes(18),
    ],
)
async def test_other_kinds_of_files_are_refused(caller: Callers, settings: ActionsSettings, content: bytes) -> None:
    before = stored(settings)
    response = await sent(caller("author_xa"), content, "report.pdf", "application/pdf")
    assert _faults(response) == (422, "media_type_refused", ["/file"])
    assert stored(settings) == before


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        PDF + bomb(),
        archive(**{str(number): b"" for number in range(10_001)}),
        b"PK" + b"PK\x05\x06" + bytes(8) + (3 << 20).to_bytes(4, "little") + bytes(6),
        b"PK" + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18),
    ],
    ids=["bomb", "bomb in a PDF", "entries", "directory", "zip64"],
)
async def test_an_archive_that_unpacks_to_too_much_is_refused(
    caller: Callers, settings: ActionsSettings, content: bytes
) -> None:
    before = stored(settings)
    response = await sent(caller("author_xa"), content, "report.pdf")
    assert _faults(response) == (422, "archive_too_large", ["/file"])
    assert stored(settings) == before


async def test_a_file_with_one_byte_too_many_is_refused(caller: Callers, settings: ActionsSettings) -> None:
    author, title = caller("author_xa"), str(uuid4())
    before = stored(settings)
    response = await sent(author, b"x" * (_LIMIT + 1), title=title)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert stored(settings) == before
    assert (await author.get(f"{EVIDENCE}?q={title}")).json()["items"] == []
    assert (await sent(author, b"x" * _LIMIT)).status_code == 201


async def test_a_longer_form_is_refused_before_it_is_read(actions: httpx.AsyncClient) -> None:
    async def untouched() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Authorization": "Bearer author_xa", "Content-Type": "multipart/form-data; boundary=b"}
    headers["Content-Length"] = str(3 << 20)
    response = await actions.post(EVIDENCE, content=untouched(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_an_empty_file_and_another_digest_are_refused(caller: Callers, settings: ActionsSettings) -> None:
    author, before = caller("author_xa"), stored(settings)
    assert _faults(await sent(author, b"")) == (422, "empty_file", ["/file"])
    refused = await sent(author, b"Agreed", sha256="0" * 64)
    assert _faults(refused) == (422, "digest_mismatch", ["/sha256"])
    assert stored(settings) == before
    assert (await sent(author, b"Agreed", sha256=hashlib.sha256(b"Agreed").hexdigest())).status_code == 201


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"country": "ZZ"}, "/country"),
        ({"category": "A13"}, "/category"),
        ({"date": "2026"}, "/date"),
        ({"language": "french"}, "/language"),
        ({"licence": "x" * 201}, "/licence"),
        ({"title": "x" * 501}, "/title"),
        ({"visibility": "secret"}, "/visibility"),
        ({"scope_id": "x"}, "/scope_id"),
        ({"sha256": "x"}, "/sha256"),
        ({"status": "available"}, "/status"),
        ({"size": "1"}, "/size"),
    ],
)
async def test_an_invalid_form_stores_nothing(
    caller: Callers, settings: ActionsSettings, fields: dict[str, str], pointer: str
) -> None:
    before = stored(settings)
    response = await sent(caller("author_xa"), str(uuid4()).encode(), **fields)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    assert stored(settings) == before


async def test_a_form_without_a_file_is_refused(caller: Callers) -> None:
    author, form = caller("author_xa"), {"title": "Minutes", "country": "XA"}
    missing = await author.post(EVIDENCE, data={**form, "file": "text"}, files={"other": ("a.txt", b"x")})
    assert missing.status_code == 422
    assert (await author.post(EVIDENCE, data=form)).status_code == 422
    assert (await author.post(EVIDENCE, form)).status_code == 415


@pytest.mark.parametrize("name", ["auditor", "applicant"])
async def test_who_may_send_nothing_is_refused_before_a_byte_is_read(actions: httpx.AsyncClient, name: str) -> None:
    async def untouched() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Authorization": f"Bearer {name}", "Content-Type": "multipart/form-data; boundary=b"}
    response = await actions.post(EVIDENCE, content=untouched(), headers=headers)
    assert (response.status_code, response.json()["reason"]) == (403, "not_permitted")


async def test_another_country_is_refused_and_nothing_is_stored(caller: Callers, settings: ActionsSettings) -> None:
    before = stored(settings)
    response = await sent(caller("author_xa"), str(uuid4()).encode(), country="XB")
    assert (response.status_code, response.json()["code"]) == (403, "country_forbidden")
    response = await sent(caller("author_xa"), str(uuid4()).encode(), visibility="public")
    assert (response.status_code, response.json()["reason"]) == (403, "publish_not_permitted")
    assert stored(settings) == before
    assert (await sent(caller("government_xa"), b"Agreed", visibility="public")).status_code == 201


async def test_equal_files_of_two_countries_are_two_records(caller: Callers, settings: ActionsSettings) -> None:
    content = str(uuid4()).encode()
    digest = hashlib.sha256(content).hexdigest()
    made = {
        country: (await sent(caller(f"author_{country.lower()}"), content, country=country)).json()
        for country in ("XA", "XB")
    }
    assert made["XA"]["id"] != made["XB"]["id"]
    assert digest in stored(settings)
    for country, record in made.items():
        author = caller(f"author_{country.lower()}")
        found = (await author.get(f"{EVIDENCE}?sha256={digest}")).json()["items"]
        assert [item["id"] for item in found] == [record["id"]]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\amina\\report.pdf", "report.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("..", "file"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
async def test_the_name_of_a_file_has_no_path(caller: Callers, name: str, plain: str) -> None:
    assert (await sent(caller("author_xa"), b"Agreed", name)).json()["file_name"] == plain


async def test_a_repeated_request_makes_one_record(caller: Callers) -> None:
    government, key = caller("government_xa"), uuid4().hex
    responses = [await sent(government, b"Agreed", key=key) for _ in range(2)]
    assert responses[0].json() == responses[1].json()
    assert responses[1].headers["idempotency-replayed"] == "true"
    other = await sent(government, b"Agreed otherwise", key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("role", "kind", "table", "status"),
    [
        ("institution_representative", "institution", "member_institution", "verified"),
        ("centre_director", "centre", "centre_centre", "active"),
    ],
)
async def test_an_institution_or_centre_has_files_of_its_own(
    caller: Callers,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    kind: str,
    table: str,
    status: str,
) -> None:
    own, other = [str(await enter(superuser, table, status=status)) for _ in range(2)]
    for name, scope in (("holder", own), ("neighbour", other)):
        monkeypatch.setitem(CALLERS, f"{name} {own}", person(f"{name} {own}", grant(role, kind, scope)))
    holder, neighbour = Caller(caller(None)._client, f"holder {own}"), Caller(caller(None)._client, f"neighbour {own}")
    path = await evidence(holder, scope_id=own)
    assert path in [item["links"]["self"] for item in (await holder.get(f"{EVIDENCE}?scope_id={own}")).json()["items"]]
    assert (await holder.get(f"{path}/content")).content == b"Agreed."
    assert (await holder.change(path, title="Signed minutes")).json()["title"] == "Signed minutes"
    assert len((await holder.get(f"{path}/history")).json()["items"]) == 2
    assert (await holder.step(path, "withdraw", reason="Outdated")).status_code == 200
    assert (await neighbour.get(path)).status_code == 404
    assert (await caller("author_xa").get(path)).status_code == 200
    assert (await sent(holder, b"Agreed.", scope_id=other)).status_code == 403
    assert (await sent(holder, b"Agreed.")).status_code == 403
    elsewhere = await sent(holder, b"Agreed.", scope_id=own, country="XB")
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_the_institution_or_centre_is_one_of_the_country(caller: Callers, superuser: asyncpg.Connection) -> None:
    elsewhere = str(await enter(superuser, "member_institution", status="verified", country="XB"))
    for key in (elsewhere, str(uuid4())):
        response = await sent(caller("author_xa"), b"Agreed.", scope_id=key)
        assert _faults(response)[2] == ["/scope_id"]
        assert response.json()["errors"][0]["code"] == "unknown_reference"


async def test_a_file_that_a_schedule_has_just_removed_is_sent_again(
    caller: Callers, settings: ActionsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_given: Any) -> None:
        """The object is removed before the record is inserted."""

    title = str(uuid4())
    monkeypatch.setattr("shared.storage.objects.ObjectStore.put", lost)
    response = await sent(caller("author_xa"), title.encode(), title=title)
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert (await caller("author_xa").get(f"{EVIDENCE}?q={title}")).json()["items"] == []
