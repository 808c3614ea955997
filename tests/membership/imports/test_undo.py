"""Undoing an import, of records that have not changed since."""

import asyncpg
import pytest

from shared.bulk import undoing
from shared.web.jobs import imports
from tests.membership.imports.conftest import IMPORTS, SAMPLES, announced, checksum, empty
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS

HEADINGS = "given_names,family_name,country,institution,role,topic"


@pytest.mark.long("imports and undoes many rows")
async def test_an_undo_leaves_nothing_of_a_first_import(secretariat: Importer, database: asyncpg.Connection) -> None:
    bare = await checksum(database)
    for resource, name in (("experts", "experts-ipcc-ar1-ar3.csv"), ("institutions", "universities.csv")):
        content = (SAMPLES / name).read_bytes()
        result = await secretariat.bring(resource, content)
        created = result["counts"]["created"]
        undone = await secretariat.undo(result)
        assert undone.status_code == 200, undone.text
        assert (undone.json()["status"], undone.json()["taken_back"]["removed"]) == ("undone", created)
        assert await checksum(database) == bare
        for table in ("identity", "effect", "duplicate"):
            assert await database.fetchval(f"SELECT count(*) FROM core_import_{table}") == 0, table
        entity = resource.removesuffix("s")
        assert await announced(database, entity, "deleted") == created
        assert (await secretariat.bring(resource, content))["counts"]["created"] == created
        assert (await secretariat.undo(result)).status_code == 409
        await empty(database)


async def test_an_undo_restores_what_the_import_changed(secretariat: Importer, database: asyncpg.Connection) -> None:
    first = [("Amina", "Varga", "XA", "University of A", "CLA", "Ice"), ("Ben", "Okri", "XB", "N/A", "LA", "Rain")]
    second = [("Amina", "Varga", "XA", "University of A", "REV", "Snow"), ("Cai", "Lin", "XB", "N/A", "LA", "Sea")]
    await secretariat.bring("experts", csv_of(HEADINGS, first))
    before = await checksum(database)
    changed = await secretariat.bring("experts", csv_of(HEADINGS, second))
    assert changed["counts"] == counts(created=1, updated=1)
    undone = await secretariat.undo(changed)
    assert undone.json()["taken_back"] == {"removed": 1, "restored": 1, "kept": 0}
    assert await checksum(database) == before
    assert (await secretariat.bring("experts", csv_of(HEADINGS, first)))["counts"] == counts(unchanged=2)
    assert (await secretariat.bring("experts", csv_of(HEADINGS, second)))["counts"] == counts(created=1, updated=1)


async def test_what_changed_since_is_kept(secretariat: Importer, database: asyncpg.Connection) -> None:
    rows = [("Amina", "Varga", "XA", "University of A", "CLA", "Ice"), ("Ben", "Okri", "XB", "N/A", "LA", "Rain")]
    rows.append(("Cai", "Lin", "XB", "University of C", "LA", "Sea"))
    result = await secretariat.bring("experts", csv_of(HEADINGS, rows))
    found = {one["display_name"]: one for one in (await secretariat.caller.get(EXPERTS)).json()["items"]}
    path = found["Ben Okri"]["links"]["self"]
    etag = (await secretariat.caller.get(path)).headers["etag"]
    assert (await secretariat.caller.patch(path, {"gender": "x"}, etag=etag)).status_code == 200
    added = await secretariat.caller.post(f"{found['Cai Lin']['links']['self']}/affiliations", {"raw": "Elsewhere"})
    assert added.status_code == 201, added.text
    undone = await secretariat.undo(result)
    assert undone.json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 2}
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 2
    again = await secretariat.bring("experts", csv_of(HEADINGS, rows))
    assert again["counts"] == counts(created=1, unchanged=2)


async def test_an_institution_that_somebody_works_at_is_kept(secretariat: Importer) -> None:
    result = await secretariat.bring("institutions", csv_of("name,country", [("University of A", "XA"), ("B", "XA")]))
    listed = await secretariat.caller.get("/membership/v1/institutions", params={"q": "University of A"})
    known = listed.json()["items"][0]["id"]
    expert = csv_of(
        "full_name,country,institution_id", [("Amina Varga", "XA", known), ("Ben Okri", "XA", result["import_id"])]
    )
    brought = await secretariat.bring("experts", expert)
    assert brought["counts"] == counts(created=1, failed=1)
    assert [row["problem"] for row in await secretariat.failures(brought)] == ["unknown_reference"]
    undone = await secretariat.undo(result)
    assert undone.json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 1}


async def test_an_undo_asks_for_the_version_and_for_what_it_may(secretariat: Importer, government: Importer) -> None:
    result = await secretariat.bring("experts", csv_of("full_name,country", [("Amina Varga", "XA")]))
    path = f"{IMPORTS}/{result['import_id']}"
    without = await secretariat.caller.post(f"{path}/transitions", {"action": "undo"})
    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    stale = await secretariat.caller.post(f"{path}/transitions", {"action": "undo"}, etag='"1.00000000"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    assert (await government.caller.get(path)).status_code == 404
    offers = (await secretariat.caller.get(f"{path}/transitions")).json()
    assert [(offer["action"], offer["allowed"]) for offer in offers["allowed_actions"]] == [("undo", True)]


@pytest.mark.long("undoes thousands of rows")
async def test_a_large_undo_is_a_job_that_reports_its_progress(
    secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 500)
    monkeypatch.setattr(imports, "MOST_AT_ONCE", 2_000)
    rows = [("Ana", f"Family {number}", "XA", "", "", "") for number in range(2_001)]
    result = await secretariat.bring("experts", csv_of(HEADINGS, rows))
    begun = await secretariat.undo(result)
    assert (begun.status_code, begun.json()["status"]) == (200, "undoing"), begun.text
    job = await secretariat.end_of(begun.json()["job"])
    assert (job["status"], job["progress"]) == ("succeeded", {"done": 2_001, "total": 2_001})
    assert job["result"]["taken_back"] == {"removed": 2_001, "restored": 0, "kept": 0}
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0
