"""Rows that identify their record: by the number of an export, or by their own id."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
import pytest

from tests.membership.imports.conftest import EXPORTS, checksum
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS, INSTITUTIONS, expert

NAMES = "row_id,full_name,country"


async def _exported(importer: Importer, resource: str = "experts", file_format: str = "csv") -> str:
    body = {"resource": resource, "format": file_format, "filters": {"country": "XA"}}
    response = await importer.caller.post(EXPORTS, body)
    job = await importer.end_of(response.headers["location"])
    return (await importer.caller.get(job["result_url"])).text


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _file(rows: Sequence[dict[str, str]]) -> bytes:
    return csv_of(",".join(rows[0]), [list(row.values()) for row in rows])


async def _one(importer: Importer, ref: str) -> dict[str, Any]:
    return dict((await importer.caller.get(f"{EXPERTS}/{ref}?include=affiliations")).json())


async def _enter_a_mixed_lot(importer: Importer) -> None:
    lot: list[dict[str, Any]] = [
        expert(names=[{"given": "Ana", "family": "Öz"}, {"full": "Ana Oz", "kind": "former"}]),
        expert(
            names=[{"full": "王小明", "script": "Hans"}],
            emails=[{"value": "wang@example.org"}, {"value": "w2@example.org", "visibility": "public"}],
            keywords=["soil", "water; and more"],
            languages=["zh", "en"],
        ),
        expert(names=[{"given": "أحمد", "family": "الفاسي"}], orcid="0000-0002-1825-0097"),
        expert(names=[{"family": 'Comma, the "Quoted"'}], visibility="restricted"),
    ]
    for body in lot:
        made = await importer.caller.post(EXPERTS, {**body, "country": "XA"})
        assert made.status_code == 201, made.text
        for place, raw in enumerate(("Uni of One", "Uni; of Two")):
            affiliation = {"raw": raw, "role": f"Role {place}", "primary": place == 1}
            await importer.caller.post(f"{made.json()['links']['self']}/affiliations", affiliation)


@pytest.mark.long("imports, exports and imports again")
@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
async def test_an_untouched_export_changes_nothing(
    file_format: str, government: Importer, database: asyncpg.Connection
) -> None:
    await _enter_a_mixed_lot(government)
    text = await _exported(government, file_format=file_format)
    before = await checksum(database, exact=True)
    brought = await government.bring("experts", text.encode(), f"list.{file_format}")
    assert brought["counts"] == counts(unchanged=4)
    assert await checksum(database, exact=True) == before


@pytest.mark.long("imports, exports and imports again")
async def test_an_edited_cell_changes_its_field_alone(government: Importer) -> None:
    await _enter_a_mixed_lot(government)
    rows = _table(await _exported(government))
    ref = next(row["ref"] for row in rows if row["family_name"] == "Öz")
    before = await _one(government, ref)
    edited = [{**row, "keywords": "rivers", "family_name": "Özil"} if row["ref"] == ref else row for row in rows]
    assert (await government.bring("experts", _file(edited)))["counts"] == counts(updated=1, unchanged=3)
    after = await _one(government, ref)
    differs = {name for name in before if before[name] != after[name]}
    moved = {"names", "display_name", "keywords", "asserted", "version", "updated_at", "updated_by"}
    assert {"names", "keywords", "version"} <= differs <= moved
    assert [name["family"] for name in after["names"]] == ["Özil", None]
    assert after["names"][1]["full"] == "Ana Oz"


@pytest.mark.long("imports several lists")
async def test_a_row_of_its_own_id_leads_to_the_same_record_whatever_else_it_says(government: Importer) -> None:
    first = await government.bring("experts", csv_of(f"{NAMES},email", [("7", "Ana Bee", "XA", "a@example.org")]))
    assert first["counts"] == counts(created=1)
    renamed = csv_of(f"{NAMES},email", [("7", "Zoe Cee", "XA", "z@example.org")])
    assert (await government.bring("experts", renamed))["counts"] == counts(updated=1)
    assert (await government.bring("experts", renamed))["counts"] == counts(unchanged=1)
    listed = (await government.caller.get(f"{EXPERTS}?country=XA&status=prospect")).json()["items"]
    assert [one["display_name"] for one in listed] == ["Zoe Cee"]
    twin = csv_of(NAMES, [("8", "Zoe Cee", "XA")])
    assert (await government.bring("experts", twin))["counts"] == counts(created=1)


async def test_equal_ids_of_two_countries_or_two_lists_are_different_rows(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    two = csv_of(NAMES, [("7", "Ana Bee", "XA"), ("7", "Ben Cee", "XB")])
    assert (await secretariat.bring("experts", two))["counts"] == counts(created=2)
    other = csv_of(NAMES, [("7", "Cem Dee", "XA")])
    assert (await secretariat.bring("experts", other, source="Another list"))["counts"] == counts(created=1)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 3


@pytest.mark.long("imports, exports and imports again")
async def test_ids_are_bound_to_exported_rows_by_sending_both(government: Importer) -> None:
    await _enter_a_mixed_lot(government)
    rows = [{**row, "row_id": str(n)} for n, row in enumerate(_table(await _exported(government)))]
    assert (await government.bring("experts", _file(rows)))["counts"] == counts(unchanged=4)
    alone = csv_of(NAMES, [("0", "New Name", "XA")])
    assert (await government.bring("experts", alone))["counts"] == counts(updated=1)
    assert (await _one(government, rows[0]["ref"]))["display_name"] == "New Name"


async def test_a_number_that_is_not_theirs_fails_and_discloses_nothing(
    government: Importer, secretariat: Importer, database: asyncpg.Connection
) -> None:
    elsewhere = (await secretariat.caller.post(EXPERTS, expert(country="XB"))).json()["ref"]
    rows = [(elsewhere, "Ana Bee", "XA"), ("EXP-999999999", "Ben Cee", "XA"), ("", "Cem Dee", "XA")]
    result = await government.bring("experts", csv_of("ref,full_name,country", rows))
    assert result["counts"] == counts(created=1, failed=2)
    failed = await government.failures(result)
    assert {(row["problem"], row["detail"]) for row in failed} == {
        ("unknown_reference", "The record that the row refers to is not known.")
    }
    assert [row["ref"] for row in failed] == [elsewhere, "EXP-999999999"]
    assert await database.fetchval("SELECT version FROM member_expert WHERE ref = $1", elsewhere) == 1


@pytest.mark.parametrize("cell", ["x" * 201, ["a", "b"]])
async def test_a_bad_mark_fails_its_row(cell: Any, government: Importer) -> None:
    line = orjson.dumps({"row_id": cell, "full_name": "Ana Bee", "country": "XA"})
    result = await government.bring("experts", line, "list.ndjson")
    assert result["counts"] == counts(failed=1)


async def test_institutions_have_marks_too(government: Importer) -> None:
    first = csv_of("row_id,name,country,domains", [("u1", "Uni of Alpha", "XA", "alpha.example")])
    assert (await government.bring("institutions", first))["counts"] == counts(created=1)
    renamed = csv_of("row_id,name,country,domains", [("u1", "Alpha University", "XA", "alpha.example")])
    assert (await government.bring("institutions", renamed))["counts"] == counts(updated=1)
    text = await _exported(government, "institutions")
    assert (await government.bring("institutions", text.encode()))["counts"] == counts(unchanged=1)
    shown = (await government.caller.get(f"{INSTITUTIONS}/{_table(text)[0]['ref']}")).json()
    assert shown["names"][0]["value"] == "Alpha University"


async def test_an_undo_lets_the_id_go(government: Importer) -> None:
    rows = csv_of(NAMES, [("7", "Ana Bee", "XA")])
    result = await government.bring("experts", rows)
    assert (await government.undo(result)).json()["status"] == "undone"
    assert (await government.bring("experts", rows))["counts"] == counts(created=1)
