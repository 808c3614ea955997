"""A paper list of signatures as an import: it finds or adds its people, and proves their supports."""

import csv
import io
import zipfile
from typing import Any

import asyncpg
import httpx
import pytest
from python_calamine import CalamineWorkbook

from shared.bulk.formulas import escaped, unescaped
from shared.contracts import signing as facts
from tests.membership.imports.conftest import EXPORTS, SAMPLES
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, initiative_body
from tests.support.imports import Importer, counts, csv_of
from tests.support.institutions import verified
from tests.support.membership import EXPERTS, entered

CODE = "HAIKOU-2022"
HEADINGS = "row_id,initiative,full_name,country,organisation,email,capacity,signed_at,consent_to_list,sheet"
_SAMPLE = (SAMPLES / "supports.csv").read_bytes()
_ANNOUNCED = """
SELECT type, count(*) FROM (SELECT type FROM core_outbox UNION ALL SELECT type FROM core_fact) announced
WHERE type LIKE '%.support.%' GROUP BY type
"""


async def _initiative(importer: Importer, **more: Any) -> dict[str, Any]:
    body = initiative_body(code=CODE, opens="2022-11-05T09:00:00Z", closes="2022-12-31T00:00:00Z", **more)
    made = (await importer.caller.post(INITIATIVES, body)).json()
    await importer.caller.step(f"{INITIATIVES}/{made['id']}", "open")
    return dict(made)


async def _list(importer: Importer) -> list[dict[str, Any]]:
    return list((await importer.caller.get(f"{SUPPORTS}?sort=created_at")).json()["items"])


async def _announced(database: asyncpg.Connection) -> dict[str, int]:
    return {row["type"]: row["count"] for row in await database.fetch(_ANNOUNCED)}


async def test_a_paper_list_is_proof(secretariat: Importer, database: asyncpg.Connection) -> None:
    initiative = await _initiative(secretariat)
    result = await secretariat.bring("supports", _SAMPLE, registry="true")
    assert result["counts"] == counts(created=4, unchanged=2, failed=2)
    assert [row["problem"] for row in await secretariat.failures(result)] == [
        "outside_signing_period",
        "unknown_initiative",
    ]
    amina, ben, chidi, script = made = await _list(secretariat)
    assert [one["status"] for one in made] == ["accepted"] * 4
    assert (amina["listed_name"], amina["visibility"], amina["country"]) == ("Amina Varga", "public", "XA")
    assert amina["signed_at"] == "2022-11-05T09:00:00.000000Z"
    assert (amina["organisation"]["id"], amina["organisation"]["name"]) == (None, "University of Zelmar")
    assert amina["evidence"]["title"] == "Sheet 1"
    assert (ben["capacity"], chidi["listed_name"], chidi["visibility"]) == ("organisation", None, "restricted")
    assert script["organisation"]["name"] == "<script>alert(1)</script>"
    expert = (await secretariat.caller.get(f"{EXPERTS}/{amina['expert_id']}")).json()
    assert (expert["category"], expert["status"], expert["visibility"]) == ("supporter", "prospect", "restricted")
    assert await _announced(database) == {facts.SUPPORT_CREATED: 4, facts.SUPPORT_ACCEPTED: 4}
    count = (await secretariat.caller.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert (count["supporters"], count["countries"], count["organisations_unmatched"]) == (4, 3, 3)


def _without_what_follows(support: dict[str, Any]) -> dict[str, Any]:
    """A support without its certificate and the match of its organisation, which jobs add."""
    return {name: value for name, value in support.items() if name not in ("certificate_id", "organisation")}


async def test_a_paper_list_twice_changes_nothing(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _initiative(secretariat)
    await secretariat.bring("supports", _SAMPLE, registry="true")
    before = [_without_what_follows(one) for one in await _list(secretariat)]
    again = await secretariat.bring("supports", _SAMPLE, registry="true")
    assert again["counts"] == counts(unchanged=6, failed=2)
    assert [_without_what_follows(one) for one in await _list(secretariat)] == before


async def test_a_list_that_is_no_proof_waits_for_the_office(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _initiative(secretariat)
    rows = [("1", CODE, "Ina Moor", "XA", "Delta", "", "", "2022-11-06", "true", "Sheet 4")]
    assert (await secretariat.bring("supports", csv_of(HEADINGS, rows)))["counts"] == counts(created=1)
    (only,) = await _list(secretariat)
    assert (only["status"], only["visibility"], only["listed_name"]) == ("pending", "restricted", None)
    accepted = await secretariat.caller.step(only["links"]["self"], "verify")
    assert (accepted.json()["status"], accepted.json()["listed_name"]) == ("accepted", "Ina Moor")


async def test_a_line_means_the_institution_at_which_the_register_knows_its_person(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _initiative(secretariat)
    place = await verified(secretariat.caller, "Delta Institute", visibility="network")
    expert = await entered(secretariat.caller, names=[{"full": "Ina Moor"}])
    work = {"institution_id": place["id"]}
    await secretariat.caller.post(f"{EXPERTS}/{expert['id']}/affiliations", work)
    rows = [("1", CODE, "Ina Moor", "XA", "delta institute", "", "", "2022-11-06", "true", "Sheet 4")]
    await secretariat.bring("supports", csv_of(HEADINGS, rows), registry="true")
    (only,) = await _list(secretariat)
    assert (only["expert_id"], only["organisation"]["id"]) == (expert["id"], place["id"])


async def test_an_undo_takes_supports_back(secretariat: Importer, database: asyncpg.Connection) -> None:
    initiative = await _initiative(secretariat)
    result = await secretariat.bring("supports", _SAMPLE, registry="true")
    undone = await secretariat.undo(result)
    assert undone.status_code == 200, undone.text
    taken_back = {"removed": 4, "restored": 0, "kept": 0, "experts_removed": 4, "experts_kept": 0}
    assert undone.json()["taken_back"] == taken_back
    assert await _list(secretariat) == []
    for table in ("member_expert", "member_affiliation", "member_expert_value", "core_import_effect"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    count = (await secretariat.caller.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert count["supporters"] == 0


async def test_the_same_person_in_three_spellings_signs_once(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    initiative = await _initiative(secretariat)
    spellings = ("José Ñandú", "JOSE NANDU", "jose\u0301  ñandu\u0301.")
    rows = [(str(n), CODE, name, "XA", "Delta", "", "", "2022-11-06", "", "") for n, name in enumerate(spellings)]
    result = await secretariat.bring("supports", csv_of(HEADINGS, rows), registry="true")
    assert result["counts"] == counts(created=1, unchanged=2)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 1
    count = (await secretariat.caller.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert (count["supporters"], count["organisations_unmatched"]) == (1, 1)


_FORMULAS = ("=cmd|' /C calc'!A0", "+44 20", "-dash", "\uff1dcmd", "'=1")


@pytest.mark.long("imports, exports and imports again")
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
async def test_an_export_for_people_has_no_formulas_and_is_read_back_unchanged(
    secretariat: Importer, service: httpx.AsyncClient, file_format: str
) -> None:
    await _initiative(secretariat)
    rows = [
        (str(n), CODE, name, "XA", f"@{name} Ltd", "", "", "2022-11-06", "true", name)
        for n, name in enumerate(_FORMULAS)
    ]
    sent = csv_of(HEADINGS, [[escaped(cell, safe=False) for cell in row] for row in rows])
    assert (await secretariat.bring("supports", sent, registry="true"))["counts"] == counts(created=len(rows))
    person = Importer(service, "admin")
    ordered = await person.caller.post(EXPORTS, {"resource": "supports", "format": file_format})
    file = (await person.caller.get((await person.end_of(ordered.headers["location"]))["result_url"])).content
    if file_format == "csv":
        cells = [cell for line in csv.reader(io.StringIO(file.decode())) for cell in line]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\uff1d")) for cell in cells)
        names = [unescaped(line["full_name"]) for line in csv.DictReader(io.StringIO(file.decode()))]
    else:
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml")
        heading, *lines = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
        names = [line[heading.index("full_name")] for line in lines]
    assert sorted(names) == sorted(_FORMULAS)
    again = await secretariat.bring("supports", file, f"list.{file_format}", media="", registry="true")
    assert again["counts"] == counts(unchanged=len(rows))
