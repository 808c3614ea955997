"""Files with a wrong type, and how odd files are parsed."""

import gzip
import json
from typing import Any

import asyncpg
import pytest

from tests.membership.imports.conftest import IMPORTS
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS

GOOD = b"full_name,country\nAmina Varga,XA\n"
BAD: dict[str, tuple[bytes, dict[str, Any], int, str]] = {
    "empty": (b"", {}, 422, "malformed_file"),
    "blank": (b"\n \n", {}, 422, "malformed_file"),
    "NUL": (b"full_name,country\nA\0B,XA\n", {}, 422, "malformed_file"),
    "Latin-1": ("full_name,country\nJosé,XA\n".encode("latin-1"), {}, 422, "malformed_file"),
    "cut character": ("full_name,country\nA,XA\nJosé".encode()[:-1], {}, 422, "malformed_file"),
    "image": (b"\x89PNG\r\n\x1a\n\0\0", {}, 422, "malformed_file"),
    "gzip": (gzip.compress(GOOD), {}, 422, "malformed_file"),
    "web page": (b"<!doctype html><title>full_name,country</title>", {}, 422, "malformed_file"),
    "JSON that says CSV": (b'{"full_name": "A", "country": "XA"}\n', {}, 422, "malformed_file"),
    "CSV that says NDJSON": (GOOD, {"name": "list.ndjson"}, 422, "malformed_file"),
    "spreadsheet": (b"PK\x03\x04", {"name": "list.xlsx"}, 422, "malformed_file"),
    "picture": (GOOD, {"name": "list", "media": "image/png"}, 415, "unsupported_media_type"),
    "open quote": (b'full_name,country\n"Amina Varga,XA\n', {}, 422, "malformed_file"),
    "broken quote": (b'full_name,country\n"Amina" Varga,XA\n', {}, 422, "malformed_file"),
    "no known heading": (b"colour,size\nred,1\n", {}, 422, "malformed_file"),
    "one heading twice": (b"country,country\nXA,XA\n", {}, 422, "malformed_file"),
    "one field twice": (b"country,Country\nXA,XA\n", {}, 422, "malformed_file"),
    "many columns": (",".join(f"c{n}" for n in range(201)).encode() + b"\n", {}, 422, "malformed_file"),
    "unknown resource": (GOOD, {"resource": "centres"}, 422, "validation_failed"),
    "unknown mode": (GOOD, {"mode": "later"}, 422, "validation_failed"),
    "unknown field": (GOOD, {"colour": "red"}, 422, "unknown_field"),
    "mapping that is no JSON": (GOOD, {"mapping": "{"}, 422, "validation_failed"),
    "mapping to an unknown heading": (GOOD, {"mapping": '{"full_name": "colour"}'}, 422, "validation_failed"),
    "mapping of no column": (GOOD, {"mapping": '{"Nom": "full_name"}'}, 422, "validation_failed"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_file_is_refused_and_changes_nothing(
    case: str, secretariat: Importer, database: asyncpg.Connection
) -> None:
    content, form, status, code = BAD[case]
    response = await secretariat.send(form.get("resource", "experts"), content, **_without(form, "resource"))
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert await database.fetchval("SELECT count(*) FROM core_import") == 0
    assert await database.fetchval("SELECT count(*) FROM core_job WHERE job_type = 'import'") == 0


def _without(form: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in form.items() if key != name}


async def test_what_breaks_further_down_fails_the_job_and_writes_nothing(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    content = csv_of("full_name,country", [(f"Person {n}", "XA") for n in range(7000)]) + b'"open,XA\n'
    response = await secretariat.send("experts", content)
    job = await secretariat.end_of(response.headers["location"])
    assert (job["status"], job["problem"]["code"], job["problem"]["status"]) == ("failed", "malformed_file", 422)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0
    assert (await secretariat.caller.get(IMPORTS)).json()["items"][0]["status"] == "failed"


@pytest.mark.parametrize(("delimiter", "prefix"), [(",", b""), (";", b"\xef\xbb\xbf"), ("\t", b"\xef\xbb\xbf")])
async def test_delimiters_and_the_byte_order_mark_are_understood(
    delimiter: str, prefix: bytes, secretariat: Importer
) -> None:
    content = prefix + csv_of("full_name,country,keywords", [("Várga, Amina", "XA", "ice; snow")], delimiter)
    assert (await secretariat.bring("experts", content))["counts"] == counts(created=1)
    expert = (await secretariat.caller.get(EXPERTS)).json()["items"][0]
    assert (expert["display_name"], expert["keywords"]) == ("Várga, Amina", ["ice", "snow"])


async def test_unknown_columns_are_reported_and_a_mapping_can_name_them(secretariat: Importer) -> None:
    content = b"Nom,country,Couleur,Note\nAmina Varga,XA,bleu,x\n"
    mapped = json.dumps({"Nom": "full_name", "Note": None})
    result = await secretariat.bring("experts", content, mapping=mapped)
    assert (result["counts"], result["ignored_columns"]) == (counts(created=1), ["Couleur"])


async def test_ndjson_is_read_line_by_line(secretariat: Importer) -> None:
    lines = [
        {"full_name": "Amina Varga", "country": "XA", "keywords": ["ice; old", "snow"], "colour": "red"},
        {"full_name": "Ben Okri", "country": "XB", "languages": ["en", "fr"]},
        {"full_name": {"first": "Cai"}, "country": "XA"},
    ]
    content = b"\n".join(json.dumps(line).encode() for line in lines) + b"\nnot json\n[1]\n\n"
    result = await secretariat.bring("experts", content, "list.ndjson", media="application/x-ndjson")
    assert (result["counts"], result["ignored_columns"]) == (counts(created=2, failed=3), ["colour"])
    failures = [(row["problem"], row["row"]) for row in await secretariat.failures(result)]
    assert failures == [("invalid_type", "3"), ("malformed_json", "4"), ("invalid_type", "5")]
    found = (await secretariat.caller.get(EXPERTS, params={"q": "varga"})).json()["items"]
    assert found[0]["keywords"] == ["ice; old", "snow"]


async def test_each_bad_row_names_its_problem_and_the_list_can_be_corrected_and_sent_again(
    secretariat: Importer,
) -> None:
    headings = "full_name,country,email,orcid,languages,keywords"
    rows = [
        ("", "XA", "", "", "", ""),
        ("Ann", "", "", "", "", ""),
        ("Ann", "ZZ", "", "", "", ""),
        ("Ann", "XA", "no address", "", "", ""),
        ("Ann", "XA", "", "0000-0002-1825-0098", "", ""),
        ("Ann", "XA", "", "", "english!", ""),
        ("Ann", "XA", "", "", "", "k" * 201),
        ("A" * 501, "XA", "", "", "", ""),
        ("Ann", "XA", "=1+1"),
    ]
    problems = [
        "name_missing",
        "country_missing",
        "unknown_country",
        "invalid_format",
        "orcid_checksum",
        "invalid_format",
        "too_long",
        "too_long",
        "invalid_format",
    ]
    result = await secretariat.bring("experts", csv_of(headings, rows))
    assert result["counts"] == counts(failed=9)
    listed = await secretariat.caller.get(result["failures_url"])
    assert listed.text.splitlines()[0] == f"{headings},problem,detail,row"
    failures = await secretariat.failures(result)
    assert [row["problem"] for row in failures] == problems
    assert failures[3]["email"] == "no address"
    corrected = listed.text.replace("no address", "a@example.org").encode()
    again = await secretariat.bring("experts", corrected)
    assert (again["counts"], again["ignored_columns"]) == (counts(created=1, failed=8), [])


async def test_who_may_not_import_is_refused(service: Any, principals: None, database: asyncpg.Connection) -> None:
    for name, status in (("auditor", 403), ("applicant", 403), ("focal_xa", 403)):
        assert (await Importer(service, name).send("experts", GOOD)).status_code == status
    assert (
        await Importer(service, "author_xa").send("institutions", b"name,country\nA,XA\n", registry="true")
    ).status_code == 403
    files = {"file": ("list.csv", GOOD, "text/csv")}
    assert (await service.post(IMPORTS, files=files, data={"resource": "experts"})).status_code == 401
    assert (await service.get(IMPORTS)).status_code == 401
    plain = await Importer(service, "admin").caller.post(IMPORTS, {"resource": "experts"})
    assert plain.status_code == 415


async def test_the_same_key_and_file_is_one_import(secretariat: Importer, database: asyncpg.Connection) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await secretariat.send("experts", GOOD, headers=headers)
    replay = await secretariat.send("experts", GOOD, headers=headers)
    assert replay.headers["idempotency-replayed"] == "true"
    assert replay.headers["location"] == first.headers["location"]
    other = await secretariat.send("experts", GOOD + b"Ben Okri,XA\n", headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await database.fetchval("SELECT count(*) FROM core_import") == 1
