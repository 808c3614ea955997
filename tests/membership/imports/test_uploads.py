"""Only permitted callers can send files, and a rejected one leaves no file."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.membership.settings import MembershipSettings
from shared.bulk import exporting, spreadsheets
from shared.bulk.store import FileStore
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.errors import RateLimited
from shared.web.request import uploads
from tests.membership.imports.conftest import IMPORTS
from tests.membership.imports.test_spreadsheets import HEADINGS, book
from tests.support.imports import Importer, csv_of

GOOD = csv_of("full_name,country", [("Amina Varga", "XA")])
_DAYS = 3 * 86_400


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def files_of(settings: MembershipSettings) -> set[Path]:
    return {path for path in settings.storage_path.rglob("*") if path.is_file()}


def part(name: str, value: bytes = b"", more: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value


async def sent(
    service: httpx.AsyncClient, caller: str, *parts: bytes, after: list[str] | None = None
) -> httpx.Response:
    """The response to a form of these parts; `after` gets a word for each that was read."""

    async def content() -> AsyncIterator[bytes]:
        for one in parts:
            yield one
            if after is not None:
                after.append("read")

    headers = {"Authorization": f"Bearer {caller}", "Content-Type": "multipart/form-data; boundary=b"}
    return await service.post(IMPORTS, content=content(), headers=headers | {"Idempotency-Key": uuid4().hex})


@pytest.mark.parametrize("caller", ["auditor", "applicant", "focal_xa"])
async def test_who_may_import_nothing_is_refused_before_a_byte_is_read(
    service: httpx.AsyncClient, settings: MembershipSettings, database: asyncpg.Connection, caller: str
) -> None:
    before, read = files_of(settings), list[str]()
    response = await sent(service, caller, part("resource", b"experts"), b"\r\n--b--\r\n", after=read)
    assert (response.status_code, response.json()["reason"], read) == (403, "not_permitted", [])
    assert files_of(settings) == before


async def test_a_resource_that_may_not_be_imported_is_refused_when_the_file_begins(
    service: httpx.AsyncClient, settings: MembershipSettings, database: asyncpg.Connection, monkeypatch: Any
) -> None:
    refused = list[str]()

    def only_experts(_principal: Any, fields: dict[str, str]) -> None:
        if fields.get("resource") == "institutions":
            refused.append("refused")
            raise RateLimited("No.")

    (route,) = [one for one in service_routes(service) if one.path == IMPORTS and "POST" in one.methods]
    monkeypatch.setattr(type(route), "may_send", lambda _route, *given: only_experts(*given))
    before, read = files_of(settings), list[str]()
    file = part("file", b"full_name", '; filename="a.csv"')
    parts = (part("resource", b"institutions\r\n") + file, *[b"x" * 65_536] * 10, b"\r\n--b--\r\n")
    assert (await sent(service, "secretariat", *parts, after=read)).status_code == 429
    assert (len(read), refused) == (0, ["refused"])
    assert files_of(settings) == before


def service_routes(service: httpx.AsyncClient) -> list[Any]:
    return list(service._transport.app.routes)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "name", "form", "status"),
    [
        (b"", "a.csv", {}, 422),
        (b"colour\nred\n", "a.csv", {}, 422),
        (GOOD, "a.pdf", {"media": "application/pdf"}, 415),
        (GOOD, "a.csv", {"colour": "red"}, 422),
        (GOOD, "a.csv", {"mode": "maybe"}, 422),
        (GOOD, "a.csv", {"mapping": "{"}, 422),
        (b"no workbook", "a.xlsx", {}, 422),
        (book([HEADINGS], sheets=2), "a.xlsx", {}, 422),
    ],
)
async def test_what_is_refused_leaves_no_file(
    secretariat: Importer, settings: MembershipSettings, content: bytes, name: str, form: dict[str, str], status: int
) -> None:
    before = files_of(settings)
    response = await secretariat.send("experts", content, name, **form)
    assert response.status_code == status, response.text
    assert files_of(settings) == before


async def test_a_repeated_request_leaves_one_file(
    secretariat: Importer, settings: MembershipSettings, database: asyncpg.Connection
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    content = book([HEADINGS, ("Amina Varga", "XA", uuid4().hex, "")])
    responses = [await secretariat.send("experts", content, "a.xlsx", headers=key) for _ in range(2)]
    assert [response.status_code for response in responses] == [202, 202]
    assert responses[1].headers["idempotency-replayed"] == "true"
    await secretariat.end_of(responses[0].headers["location"])
    digest = await database.fetchval("SELECT file_digest FROM core_import")
    assert [path.name for path in files_of(settings) if path.name.startswith(digest)] == [digest]


async def test_files_that_no_row_names_are_swept_away(
    secretariat: Importer, settings: MembershipSettings, database: asyncpg.Connection, tmp_path: Path
) -> None:
    await secretariat.bring("experts", GOOD)
    named = await database.fetchval("SELECT file_digest FROM core_import")
    store = FileStore(tmp_path)
    digests = {}
    for name, content in (("old", b"old"), ("young", b"young"), ("named", GOOD)):
        file = tmp_path / name
        file.write_bytes(content)
        with file.open("rb") as source:
            digests[name] = (await store.put(source)).digest
        file.unlink()
    old, kept = (tmp_path / digest[:2] / digest for digest in (digests["old"], named))
    text = old.with_name(f"{old.name}.csv")
    text.write_bytes(b"made of it")
    broken_off = tmp_path / ".new-broken"
    broken_off.write_bytes(b"half")
    for path in (old, text, kept, broken_off):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - _DAYS))
    await exporting.sweep("membership", store).run(UnitOfWork(database, Origin()))
    left = names_in(tmp_path)
    assert left == {digests["young"], digests["named"]}
    assert digests["named"] == named


async def test_one_principal_sends_four_files_at_once_at_most(
    service: httpx.AsyncClient, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def waits(request: Any, question: Any) -> Any:
        arrived.release()
        await go_on.wait()
        return await form(request, question)

    form = uploads._form
    monkeypatch.setattr(uploads, "_form", waits)
    end = b"\r\n--b--\r\n"
    first = [asyncio.create_task(sent(service, "secretariat", part("resource", b"experts"), end)) for _ in range(4)]
    for _ in first:
        await arrived.acquire()
    assert (await sent(service, "secretariat", end)).status_code == 429
    other = asyncio.create_task(sent(service, "government_xa", part("resource", b"experts"), end))
    await arrived.acquire()
    go_on.set()
    assert [response.status_code for response in await asyncio.gather(*first, other)] == [422] * 5


async def test_workbooks_of_one_sender_wait_for_each_other_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on, order = asyncio.Semaphore(0), asyncio.Event(), list[str]()

    async def unpack(path: Path, target: Path, _columns: spreadsheets.Columns | None) -> None:
        order.append(path.name)
        began.release()
        await go_on.wait()
        await asyncio.to_thread(target.touch)

    async def read(name: str, sender: str) -> None:
        async with spreadsheets.as_text(FileStore(tmp_path), tmp_path / name, "xlsx", sender=sender):
            pass

    monkeypatch.setattr(spreadsheets, "_unpack", unpack)
    first = asyncio.create_task(read("a1", "a"))
    await began.acquire()
    second = asyncio.create_task(read("a2", "a"))
    while not spreadsheets._OF_SENDER["a"]._waiters:  # noqa: ASYNC110 - a lock sends no event when it is waited for
        await asyncio.sleep(0)
    other = asyncio.create_task(read("b1", "b"))
    while not spreadsheets._ALONE._waiters:  # noqa: ASYNC110 - nor does a semaphore
        await asyncio.sleep(0)
    monkeypatch.setattr(spreadsheets, "_PATIENCE", 0.0)
    with pytest.raises(RateLimited):
        await read("a3", "a")
    go_on.set()
    await asyncio.gather(first, second, other)
    assert order == ["a1", "b1", "a2"]
