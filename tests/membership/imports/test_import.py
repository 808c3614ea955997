"""Who may import a list, and the register after it."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from tests.membership.imports.conftest import IMPORTS, SAMPLES, announced, checksum
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS

REAL = {
    "experts-ipcc-ar1-ar3.csv": ("experts", counts(created=175, failed=29), counts(created=2066, failed=326)),
    "universities.csv": ("institutions", counts(created=195, failed=2), counts(created=10246, failed=5)),
}


@pytest.mark.parametrize("name", REAL)
async def test_a_real_list_is_imported_exactly_and_again_changes_nothing(
    name: str, secretariat: Importer, database: asyncpg.Connection
) -> None:
    resource, expected, _ = REAL[name]
    await _exact_and_idempotent(SAMPLES / name, resource, expected, secretariat, database)


@pytest.mark.parametrize("name", REAL)
async def test_the_whole_list_is_imported_exactly_where_it_is_at_hand(
    name: str, secretariat: Importer, database: asyncpg.Connection, data_folder: Path | None
) -> None:
    resource, _, expected = REAL[name]
    if data_folder is not None:
        await _exact_and_idempotent(data_folder / name, resource, expected, secretariat, database)


async def _exact_and_idempotent(
    path: Path, resource: str, expected: dict[str, int], secretariat: Importer, database: asyncpg.Connection
) -> None:
    content = await asyncio.to_thread(path.read_bytes)
    result = await secretariat.bring(resource, content, registry="true", source="A register", licence="MIT")
    assert (result["counts"], result["aborted"], result["ignored_columns"]) == (expected, False, [])
    table = "member_expert" if resource == "experts" else "member_institution"
    created = expected["created"]
    assert await database.fetchval(f"SELECT count(*) FROM {table}") == created
    assert (
        await database.fetchval("SELECT count(*) FROM core_audit WHERE subject IN (SELECT id FROM " + table + ")")
        == created
    )
    assert await announced(database, resource.removesuffix("s"), "created") == created
    states = await database.fetch(f"SELECT status, visibility, count(*) FROM {table} GROUP BY 1, 2")
    status = "prospect" if resource == "experts" else "verified"
    assert [tuple(row) for row in states] == [(status, "network", created)]
    failures = await secretariat.failures(result)
    problem = "country_missing" if resource == "experts" else "unknown_country"
    assert [row["problem"] for row in failures] == [problem] * expected["failed"]

    before, audited = await checksum(database, exact=True), await database.fetchval("SELECT count(*) FROM core_audit")
    again = await secretariat.bring(resource, content, registry="true")
    assert again["counts"] == counts(unchanged=created, failed=expected["failed"])
    assert await checksum(database, exact=True) == before
    assert await database.fetchval("SELECT count(*) FROM core_audit") == audited + 2


async def test_an_expert_row_becomes_a_prospect_with_its_affiliation(secretariat: Importer) -> None:
    headings = "given_names,family_name,country,institution,role,topic,email,orcid,languages,keywords"
    row = (
        "Amina",
        "Varga",
        "XA",
        "University of A",
        "CLA",
        "Ice; and snow",
        "Amina@example.org",
        "0000-0002-1825-0097",
        "en fr",
        "glaciers; rivers",
    )
    result = await secretariat.bring("experts", csv_of(headings, [row]))
    assert result["counts"] == counts(created=1)
    found = (await secretariat.caller.get(EXPERTS, params={"include": "affiliations"})).json()["items"]
    assert len(found) == 1
    expert = found[0]
    assert (expert["status"], expert["visibility"], expert["country"]) == ("prospect", "network", "XA")
    assert (expert["names"][0]["given"], expert["names"][0]["family"]) == ("Amina", "Varga")
    assert expert["keywords"] == ["glaciers", "rivers", "Ice; and snow"]
    assert (expert["languages"], expert["orcid"]) == (["en", "fr"], "0000-0002-1825-0097")
    assert [email["value"] for email in expert["emails"]] == ["Amina@example.org"]
    affiliation = expert["affiliations"][0]
    assert (affiliation["raw"], affiliation["role"], affiliation["asserted_by"]) == ("University of A", "CLA", "import")
    history = (await secretariat.caller.get(f"{EXPERTS}/{expert['id']}/history")).json()["items"]
    assert [line["action"] for line in history] == ["create"]


async def test_expertise_and_category_go_out_and_come_in_under_the_same_headings(secretariat: Importer) -> None:
    headings = "full_name,country,fields,planetary_boundaries,ecosystems,category"
    row = ("Amina Varga", "XA", "1.5; 2.7", "climate-change freshwater-change", "temperate-grasslands", "Fellow")
    bad = ("Bela Varga", "XA", "9.9", "", "", "")
    result = await secretariat.bring("experts", csv_of(headings, [row, bad]))
    assert result["counts"] == counts(created=1, failed=1)
    failure = (await secretariat.failures(result))[0]
    assert (failure["problem"], failure["detail"].split(":")[0]) == ("not_one_of", "fields")
    said = {
        "fields": ["1.5", "2.7"],
        "planetary_boundaries": ["climate-change", "freshwater-change"],
        "ecosystems": ["temperate-grasslands"],
        "category": "fellow",
    }
    expert = (await secretariat.caller.get(EXPERTS)).json()["items"][0]
    assert {name: expert[name] for name in said} == said
    path = f"{EXPERTS}/{expert['id']}"
    emptied = {"fields": [], "planetary_boundaries": [], "ecosystems": [], "category": "expert"}
    etag = (await secretariat.caller.get(path)).headers["etag"]
    assert (await secretariat.caller.patch(path, emptied, etag=etag)).status_code == 200
    boundaries = "climate-change;freshwater-change"
    changed = ("Amina Varga", "XA", "1.5 2.7", boundaries, "temperate-grasslands", "fellow", "ice")
    again = await secretariat.bring("experts", csv_of(f"{headings},keywords", [changed]))
    assert again["counts"] == counts(updated=1)
    expert = (await secretariat.caller.get(path)).json()
    assert {name: expert[name] for name in said} == said


async def test_a_record_changes_only_by_a_row_that_changed_and_only_in_its_fields(secretariat: Importer) -> None:
    headings = "given_names,family_name,country,institution,role,topic"
    rows = [("Amina", "Varga", "XA", "University of A", "CLA", "Ice"), ("Ben", "Okri", "XB", "N/A", "LA", "Rain")]
    await secretariat.bring("experts", csv_of(headings, rows))
    experts = (await secretariat.caller.get(EXPERTS, params={"q": "varga"})).json()["items"]
    path = f"{EXPERTS}/{experts[0]['id']}"
    read = await secretariat.caller.get(path)
    patch = {"biography": {"en": "Her own words."}, "keywords": ["Her own"]}
    assert (await secretariat.caller.patch(path, patch, etag=read.headers["etag"])).status_code == 200

    unchanged = await secretariat.bring("experts", csv_of(headings, rows))
    assert unchanged["counts"] == counts(unchanged=2)
    assert (await secretariat.caller.get(path)).json()["keywords"] == ["Her own"]

    rows[0] = (*rows[0][:4], "REV", "Snow")
    changed = await secretariat.bring("experts", csv_of(headings, rows))
    assert changed["counts"] == counts(updated=1, unchanged=1)
    expert = (await secretariat.caller.get(path)).json()
    assert (expert["keywords"], expert["biography"]) == (["Snow"], {"en": "Her own words."})
    assert [one["role"] for one in expert["affiliations"]] == ["REV"]


async def test_rows_with_one_email_are_one_record_each_compared_with_its_own_last_state(secretariat: Importer) -> None:
    headings = "full_name,country,email"
    first, second = ("Amina Varga", "XA", "a@example.org"), ("A. Varga", "XA", "A@example.org")
    both = csv_of(headings, [first, second])
    assert (await secretariat.bring("experts", both))["counts"] == counts(created=1, updated=1)
    assert (await secretariat.bring("experts", both))["counts"] == counts(unchanged=2)
    assert (await secretariat.bring("experts", csv_of(headings, [first])))["counts"] == counts(unchanged=1)
    names = (await secretariat.caller.get(EXPERTS)).json()["items"]
    assert [expert["display_name"] for expert in names] == ["A. Varga"]


async def test_a_row_that_comes_twice_in_one_file_is_one_record(secretariat: Importer) -> None:
    headings = "given_names,family_name,country,topic"
    twice = csv_of(headings, [("Amina", "Varga", "XA", "Ice"), ("AMINA", "Várga", "XA", "Snow")])
    assert (await secretariat.bring("experts", twice))["counts"] == counts(created=1, updated=1)
    assert (await secretariat.bring("experts", twice))["counts"] == counts(unchanged=2)


async def test_a_country_outside_the_grant_fails_and_a_match_there_is_neither_changed_nor_shown(
    government: Importer, secretariat: Importer, database: asyncpg.Connection
) -> None:
    headings = "full_name,country,email"
    await secretariat.bring("experts", csv_of(headings, [("Hidden Person", "XB", "h@example.org")]))
    rows = [("Seen Person", "XA", "h@example.org"), ("Other Person", "XB", "")]
    result = await government.bring("experts", csv_of(headings, rows))
    assert result["counts"] == counts(created=1, failed=1)
    assert [row["problem"] for row in await government.failures(result)] == ["country_forbidden"]
    assert await database.fetchval("SELECT display_name FROM member_expert WHERE country = 'XB'") == "Hidden Person"
    assert await database.fetchval("SELECT count(*) FROM core_import_duplicate") == 1


async def test_with_abort_one_bad_row_means_that_nothing_is_written(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    rows = [("A", "XA"), ("B", "XK"), ("C", "XB")]
    result = await secretariat.bring("institutions", csv_of("name,country", rows), on_error="abort")
    assert (result["counts"], result["aborted"]) == (counts(failed=3), True)
    assert await database.fetchval("SELECT count(*) FROM member_institution") == 0
    problems = [(row["name"], row["problem"], row["row"]) for row in await secretariat.failures(result)]
    assert problems == [("A", "import_aborted", "1"), ("B", "unknown_country", "2"), ("C", "import_aborted", "3")]
    good = await secretariat.bring("institutions", csv_of("name,country", rows[::2]), on_error="abort")
    assert (good["counts"], good["aborted"]) == (counts(created=2), False)


async def test_a_dry_run_counts_and_writes_nothing(secretariat: Importer, database: asyncpg.Connection) -> None:
    content = (SAMPLES / "experts-ipcc-ar1-ar3.csv").read_bytes()
    result = await secretariat.bring("experts", content, mode="dry_run")
    assert result["counts"] == counts(created=175, failed=29)
    for table in ("member_expert", "member_affiliation", "core_import_identity"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 0
    headings = "full_name,country,email"
    twice = csv_of(headings, [("Amina Varga", "XA", "a@example.org"), ("A. Varga", "XA", "a@example.org")] * 2)
    dry = await secretariat.bring("experts", twice, mode="dry_run")
    assert dry["counts"] == (await secretariat.bring("experts", twice))["counts"]
    assert (await secretariat.undo(dry)).status_code == 409


async def test_imports_are_listed_to_their_creator_and_to_the_secretariat(
    secretariat: Importer, government: Importer
) -> None:
    await secretariat.bring("institutions", csv_of("name,country", [("A", "XA")]), source="A list", licence="CC0")
    mine = await government.bring("institutions", csv_of("name,country", [("B", "XA")]))
    listed = (await government.caller.get(IMPORTS)).json()["items"]
    assert [one["id"] for one in listed] == [mine["import_id"]]
    whole = (await secretariat.caller.get(IMPORTS, params={"limit": "1"})).json()
    assert [one["id"] for one in whole["items"]] == [mine["import_id"]]
    rest = (await secretariat.caller.get(whole["next"])).json()["items"]
    assert [(one["source"], one["licence"], one["counts"]) for one in rest] == [("A list", "CC0", counts(created=1))]
    assert (await government.caller.get(rest[0]["links"]["self"])).status_code == 404
    assert (await government.caller.get(rest[0]["job"])).status_code == 404
