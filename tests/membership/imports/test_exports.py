"""Exports, and lists that are streamed whole: one snapshot, within the caller's access scope."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from services.membership.protection.erasures.files import remove_exports
from shared.bulk import exporting
from shared.bulk.store import FileStore, files_of
from shared.database.snapshot import snapshot
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.web.request import streams
from tests.membership.imports.conftest import EXPORTS, SAMPLES
from tests.membership.imports.slow import Slow
from tests.membership.initiatives.supports.conftest import initiative_body
from tests.support.callers import Caller
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS, INSTITUTIONS, entered, planned, registered
from tests.support.tiers import long
from tests.support.waiting import eventually


async def _fetched(importer: Importer, body: dict[str, Any]) -> str:
    response = await importer.caller.post(EXPORTS, body)
    assert response.status_code == 202, response.text
    job = await importer.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    file = await importer.caller.get(job["result_url"])
    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith("attachment;")
    return file.text


@pytest.mark.parametrize("file_format", ["csv", *long("imports, exports and imports again", "ndjson")])
async def test_an_export_imports_again_as_the_same_records(file_format: str, secretariat: Importer) -> None:
    await secretariat.bring("institutions", (SAMPLES / "universities.csv").read_bytes())
    text = await _fetched(secretariat, {"resource": "institutions", "format": file_format})
    name = f"list.{file_format}"
    again = await secretariat.bring("institutions", text.encode(), name, mode="dry_run")
    assert again["counts"]["created"] == again["counts"]["failed"] == 0
    await secretariat.bring(
        "experts", csv_of("given_names,family_name,country,email", [("A", "V", "XA", "a@example.org")])
    )
    experts = await _fetched(secretariat, {"resource": "experts", "format": file_format})
    brought = await secretariat.bring("experts", experts.encode(), name, mode="dry_run")
    assert brought["counts"] == counts(unchanged=1)


async def test_an_export_has_the_fields_and_filters_that_were_asked_for(secretariat: Importer) -> None:
    rows = [("=cmd()", "XA"), ("Ben", "XB"), ("+1", "XA")]
    await secretariat.bring("experts", csv_of("full_name,country", rows))
    body = {"resource": "experts", "filters": {"country": ["XA"]}, "fields": ["country", "full_name"]}
    assert await _fetched(secretariat, body) == "country,full_name\r\nXA,=cmd()\r\nXA,+1\r\n"
    assert await _fetched(secretariat, {**body, "safe": True}) == "country,full_name\r\nXA,'=cmd()\r\nXA,'+1\r\n"
    for bad in ({"filters": {"colour": "red"}}, {"fields": ["colour"]}, {"format": "pdf"}, {"resource": "centres"}):
        assert (await secretariat.caller.post(EXPORTS, {**body, **bad})).status_code == 422
    unknown = await secretariat.caller.post(EXPORTS, {**body, "filters": {"country": "ZZ"}})
    assert unknown.status_code == 400


async def test_an_export_holds_what_its_creator_sees_and_is_theirs(
    secretariat: Importer, government: Importer, database: asyncpg.Connection
) -> None:
    rows = [("Seen", "XA"), ("Hidden", "XB")]
    await secretariat.bring("experts", csv_of("full_name,country", rows))
    body = {"resource": "experts", "fields": ["full_name"]}
    assert await _fetched(government, body) == "full_name\r\nSeen\r\n"
    job = (await secretariat.caller.post(EXPORTS, body)).headers["location"]
    url = (await secretariat.end_of(job))["result_url"]
    assert (await government.caller.get(url)).status_code == 404
    assert (await government.caller.get(job)).status_code == 404


async def _filled(secretariat: Importer, rows: int) -> None:
    people = [(f"Person {n:05}", "XA" if n % 2 else "XB") for n in range(rows)]
    assert (await secretariat.bring("experts", csv_of("full_name,country", people)))["counts"]["created"] == rows


async def test_a_list_is_streamed_whole_in_both_formats(secretariat: Importer, government: Importer) -> None:
    await _filled(secretariat, 1201)
    query = {"sort": "display_name", "format": "csv"}
    response = await secretariat.caller.get(EXPERTS, params=query)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["display_name"] for row in rows] == [f"Person {n:05}" for n in range(1201)]
    assert list(rows[0])[:4] == ["id", "ref", "version", "status"]
    some = await government.caller.get(EXPERTS, params={**query, "format": "ndjson", "fields": "id,display_name"})
    lines = [json.loads(line) for line in some.text.splitlines()]
    assert [set(line) for line in lines[:1]] == [{"id", "display_name"}]
    assert len(lines) == 600
    empty = await secretariat.caller.get(INSTITUTIONS, params={"format": "csv", "fields": "id,ref"})
    assert empty.text == "id,ref\r\n"


async def test_a_stream_is_refused_what_makes_no_sense(secretariat: Importer, service: httpx.AsyncClient) -> None:
    for query in ({"format": "xml"}, {"format": "csv", "limit": "5"}, {"format": "csv", "cursor": "x"}):
        response = await secretariat.caller.get(EXPERTS, params=query)
        assert (response.status_code, response.json()["code"]) in ((400, "invalid_parameter"), (400, "invalid_cursor"))
    assert (await Caller(service, None).get(EXPERTS, params={"format": "ndjson"})).text == ""


async def test_a_stream_is_one_snapshot_and_the_third_waits_its_turn(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    await _filled(secretariat, 1500)
    both = [Slow(service, EXPERTS, "format=ndjson&fields=display_name") for _ in range(2)]
    heads = [[await one.next(), await one.next()] for one in both]
    assert [head[0]["status"] for head in heads] == [200, 200]
    third = await secretariat.caller.get(EXPERTS, params={"format": "csv"})
    assert (third.status_code, third.headers["retry-after"]) == (503, "5")
    await database.execute("UPDATE member_expert SET display_name = 'changed'")
    for slow, head in zip(both, heads, strict=True):
        slow.reads.release()
        slow.reads.release()
        slow.reads.release()
        slow.reads.release()
        text = head[1]["body"] + await _drained(slow)
        assert len(text.splitlines()) == 1500
        assert b"changed" not in text
    assert (await secretariat.caller.get(EXPERTS, params={"format": "csv", "fields": "id"})).status_code == 200


async def _drained(slow: Slow) -> bytes:
    text = b""
    while True:
        part = await slow.next()
        text += part["body"]
        if not part["more_body"]:
            await slow.task
            return text


async def test_a_client_that_reads_nothing_is_cut_and_gives_its_place_back(
    secretariat: Importer, service: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.2)
    await _filled(secretariat, 600)
    both = [Slow(service, EXPERTS, "format=ndjson") for _ in range(2)]
    for one in both:
        await one.next()
    outcomes = await asyncio.gather(*(one.task for one in both), return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == ["ResponseCutShort"] * 2
    assert (await secretariat.caller.get(EXPERTS, params={"format": "csv"})).status_code == 200


async def test_a_failure_after_the_first_byte_sends_no_last_chunk(
    secretariat: Importer, service: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(secretariat, 1200)
    slow = Slow(service, EXPERTS, "format=ndjson")
    await slow.next()
    await slow.next()

    def broken(*_arguments: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(streams.ListStream, "_block", broken)
    for _ in range(4):
        slow.reads.release()
    outcome = (await asyncio.gather(slow.task, return_exceptions=True))[0]
    assert type(outcome).__name__ == "ResponseCutShort"
    assert all(slow.parts.get_nowait()["more_body"] for _ in range(slow.parts.qsize()))


async def test_what_is_old_is_swept_away(secretariat: Importer, database: asyncpg.Connection, settings: Any) -> None:
    await _filled(secretariat, 3)
    job = (await secretariat.caller.post(EXPORTS, {"resource": "experts"})).headers["location"]
    url = (await secretariat.end_of(job))["result_url"]
    digest = await database.fetchval("SELECT file_digest FROM core_export")
    store = files_of(settings)
    assert await store.size(digest)
    await database.execute("UPDATE core_export SET created_at = now() - interval '25 hours'")
    await _swept(database, store)
    assert await store.size(digest) is None
    assert (await secretariat.caller.get(url)).status_code == 404


async def test_an_export_begins_again_if_somebody_was_erased_meanwhile(
    secretariat: Importer, database: asyncpg.Connection, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(secretariat, 2)
    removed: list[int] = []

    @asynccontextmanager
    async def interrupted(*given: Any) -> AsyncIterator[Any]:
        async with snapshot(*given) as connection:
            yield connection
        if not removed:
            removed.append(await remove_exports(UnitOfWork(database, Origin()), files_of(settings)))
            await database.execute("DELETE FROM member_expert WHERE country = 'XB'")

    monkeypatch.setattr(exporting, "snapshot", interrupted)
    body = {"resource": "experts", "fields": ["country"]}
    assert await _fetched(secretariat, body) == "country\r\nXA\r\n"
    assert removed == [0]


async def _swept(database: asyncpg.Connection, store: FileStore) -> None:
    await exporting.sweep("membership", store).run(UnitOfWork(database, Origin()))


async def test_a_biography_goes_out_and_comes_back_in_every_language(secretariat: Importer) -> None:
    both = {"en": "Studies peat.", "fr": "Étudie la tourbe."}
    cells: dict[str, tuple[str, dict[str, str]]] = {
        "a@example.org": (json.dumps(both), both),
        "b@example.org": ("Counts birds.\nAnd owls.", {"und": "Counts birds.\nAnd owls."}),
        "c@example.org": ("", {}),
    }
    rows = [(email, "Person", "XA", cell) for email, (cell, _) in cells.items()]
    bad = [("d@example.org", "Person", "XA", '{"en": '), ("e@example.org", "Person", "XA", '{"no language": "x"}')]
    brought = await secretariat.bring("experts", csv_of("email,full_name,country,biography", rows + bad))
    assert brought["counts"] == counts(created=3, failed=2)
    failures = await secretariat.failures(brought)
    assert [failure["problem"] for failure in failures] == ["malformed_json", "invalid_format"]
    listed = (await secretariat.caller.get(EXPERTS)).json()["items"]
    found = {record["emails"][0]["value"]: record["biography"] for record in listed}
    assert found == {email: texts for email, (_, texts) in cells.items()}
    for file_format in ("csv", "ndjson"):
        text = await _fetched(secretariat, {"resource": "experts", "format": file_format})
        again = await secretariat.bring("experts", text.encode(), f"list.{file_format}", mode="dry_run")
        assert again["counts"] == counts(unchanged=3)
    edited = await secretariat.bring("experts", text.replace("owls", "bats").encode(), "list.ndjson")
    assert edited["counts"] == counts(updated=1, unchanged=2)
    bats = (await secretariat.caller.get(f"{EXPERTS}?email=b@example.org")).json()["items"][0]
    assert bats["biography"] == {"und": "Counts birds.\nAnd bats."}
    record = (await secretariat.caller.get(f"{EXPERTS}/{bats['id']}")).json()
    assert record["asserted"]["biography"]["by"] == "import"
    assert (await secretariat.undo(edited)).status_code == 200
    back = (await secretariat.caller.get(f"{EXPERTS}/{bats['id']}")).json()
    assert back["biography"] == {"und": "Counts birds.\nAnd owls."}


@pytest.mark.parametrize("resource", ["calls", "certificates", "congresses", "initiatives", "nominations"])
async def test_a_list_without_imports_is_exported_as_it_is_streamed(resource: str, secretariat: Importer) -> None:
    machine, path = secretariat.caller, f"/membership/v1/{resource}"
    held = await planned(machine, place="=1+1")
    initiative = await machine.post("/membership/v1/initiatives", initiative_body(titles={"en": "-1"}))
    assert initiative.status_code == 201, initiative.text
    expert = await entered(machine, names=[{"full": "=Ina Moor"}])
    taking_part = await registered(machine, held["id"], expert["id"])
    assert (await machine.step(taking_part["links"]["self"], "attend")).status_code == 200
    if resource == "certificates":
        await eventually(lambda: _items(machine, path))
    expected = len(await _items(machine, path))
    for safe in (True, False):
        streamed = await machine.get(f"{path}?format=csv&safe={str(safe).lower()}")
        exported = await _fetched(secretariat, {"resource": resource, "safe": safe})
        assert exported == streamed.text
        assert len(list(csv.DictReader(io.StringIO(exported)))) == expected
        assert not safe or not any(f",{sign}" in exported for sign in "=-")
    wish = {"resource": f"membership.{resource}", "format": "ndjson", "fields": ["ref", "status"]}
    lines = [json.loads(line) for line in (await _fetched(secretariat, wish)).splitlines()]
    assert [set(line) for line in lines] == [{"ref", "status"}] * expected
    refused = await secretariat.send(resource, b"code\nX\n")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/resource")
    assert (await machine.post(EXPORTS, {"resource": resource, "fields": ["search_key"]})).status_code == 422


async def _items(caller: Caller, path: str) -> list[Any]:
    return list((await caller.get(f"{path}?limit=200")).json()["items"])
