"""Records of ROR schema 2.1 become institutions, from an array or one per line, without a mapping."""

import json
from typing import Any

import asyncpg
import pytest

from tests.support.imports import Importer, counts
from tests.support.membership import INSTITUTIONS

PARENT, CHILD, ELSEWHERE = "https://ror.org/02mhbdp94", "https://ror.org/013meh722", "https://ror.org/052gg0110"


def record(ror: str, name: str, **more: Any) -> dict[str, Any]:
    """A record of an invented institution in the form of a ROR dump."""
    return {
        "admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}},
        "domains": [f"{name.split()[-1].lower()}.example"],
        "established": 1889,
        "external_ids": [{"all": ["grid.1.1"], "preferred": "grid.1.1", "type": "grid"}],
        "id": ror,
        "links": [
            {"type": "website", "value": "https://www.zelmar.example"},
            {"type": "wikipedia", "value": "https://wiki.example/zelmar"},
        ],
        "locations": [
            {
                "geonames_details": {
                    "continent_code": "EU",
                    "country_code": "XA",
                    "country_name": "Exampleland",
                    "country_subdivision_name": "Upper Zel",
                    "lat": 1.5,
                    "lng": -2.25,
                    "name": "Port Anders",
                },
                "geonames_id": 4711,
            }
        ],
        "names": [
            {"lang": "en", "types": ["ror_display", "label"], "value": name},
            {"lang": None, "types": ["acronym"], "value": "ZZT"},
        ],
        "relationships": [],
        "status": "active",
        "types": ["education", "funder"],
        **more,
    }


def related(kind: str, ror: str, label: str) -> dict[str, str]:
    return {"type": kind, "id": ror, "label": label}


def files(records: list[dict[str, Any]]) -> dict[str, bytes]:
    return {
        "ror.json": json.dumps(records, indent=2).encode(),
        "ror.ndjson": b"\n".join(json.dumps(one).encode() for one in records),
    }


async def the(importer: Importer, ror: str) -> dict[str, Any]:
    (found,) = (await importer.caller.get(INSTITUTIONS, params={"ror": ror})).json()["items"]
    return dict((await importer.caller.get(f"{INSTITUTIONS}/{found['id']}")).json())


@pytest.mark.parametrize("name", ["ror.json", "ror.ndjson"])
async def test_a_registry_is_taken_without_a_mapping(secretariat: Importer, name: str) -> None:
    relations = [related("Parent", PARENT, "University of Zelmar"), related("Related", ELSEWHERE, "Far Lab")]
    records = [
        record(CHILD, "Zelmar School", relationships=relations),
        record(PARENT, "University of Zelmar"),
        record("https://ror.org/05a28rw58", "Old Zelmar", status="inactive"),
        record("https://ror.org/03yrm5c26", "Error Zelmar", status="withdrawn"),
    ]
    result = await secretariat.bring("institutions", files(records)[name], name, registry="true")
    assert (result["counts"], result["ignored_columns"]) == (counts(created=4), [])
    child = await the(secretariat, CHILD)
    assert child["status"] == "verified"
    assert child["types"] == ["education", "funder"]
    assert child["links"]["web_pages"] == ["https://www.zelmar.example/"]
    assert child["locations"] == [
        {"subdivision": "Upper Zel", "city": "Port Anders", "geonames": 4711, "lat": 1.5, "lon": -2.25}
    ]
    assert child["names"][1] == {"value": "ZZT", "language": None, "types": ["acronym"]}
    parent = await the(secretariat, PARENT)
    assert {(one["type"], one["institution_id"], one["ror"]) for one in child["relations"]} == {
        ("parent", parent["id"], PARENT),
        ("related", None, ELSEWHERE),
    }
    assert [(one["type"], one["institution_id"]) for one in parent["relations"]] == [("child", child["id"])]
    assert (await the(secretariat, "https://ror.org/05a28rw58"))["status"] == "inactive"
    assert (await the(secretariat, "https://ror.org/03yrm5c26"))["status"] == "withdrawn"
    match = await secretariat.caller.get(f"{INSTITUTIONS}/match", params={"affiliation": "University of Zelmar"})
    assert match.json()["items"][0]["institution"]["ror"] == PARENT


async def test_a_relation_is_resolved_when_the_other_comes(secretariat: Importer) -> None:
    first = record(CHILD, "Zelmar School", relationships=[related("Successor", ELSEWHERE, "Far Lab")])
    await secretariat.bring("institutions", files([first])["ror.json"], "ror.json", registry="true")
    assert (await the(secretariat, CHILD))["relations"][0]["institution_id"] is None
    await secretariat.bring("institutions", files([record(ELSEWHERE, "Far Lab")])["ror.json"], "ror.json")
    far = await the(secretariat, ELSEWHERE)
    assert far["status"] == "submitted"
    assert (await the(secretariat, CHILD))["relations"][0]["institution_id"] == far["id"]
    assert [(one["type"], one["ror"]) for one in far["relations"]] == [("predecessor", CHILD)]


async def test_a_newer_file_changes_what_differs(secretariat: Importer, database: asyncpg.Connection) -> None:
    old = [record(PARENT, "University of Zelmar"), record(CHILD, "Zelmar School")]
    await secretariat.bring("institutions", files(old)["ror.json"], "ror.json", registry="true")
    before = await the(secretariat, CHILD)
    former = {"value": "Zelmar Barracks", "language": None, "types": ["former"]}
    etag = (await secretariat.caller.get(before["links"]["self"])).headers["etag"]
    named = await secretariat.caller.patch(before["links"]["self"], {"names": [*before["names"], former]}, etag=etag)
    assert named.status_code == 200, named.text
    new = [old[0], record(CHILD, "Zelmar Academy", status="inactive")]
    result = await secretariat.bring("institutions", files(new)["ror.ndjson"], "ror.ndjson", registry="true")
    assert result["counts"] == counts(updated=1, unchanged=1)
    after = await the(secretariat, CHILD)
    assert (after["id"], after["status"], after["display_name"]) == (before["id"], "inactive", "Zelmar Academy")
    assert former in after["names"]
    again = await secretariat.bring("institutions", files(new)["ror.json"], "ror.json", registry="true")
    assert again["counts"] == counts(unchanged=2)


async def test_bad_records_fail_alone(secretariat: Importer) -> None:
    records = [
        record(PARENT, "University of Zelmar"),
        record("https://ror.org/02mhbdp95", "Wrong Digits"),
        record(CHILD, "Nowhere", locations=[]),
        record(CHILD, "Odd", status="sleeping"),
        record(CHILD, "Nameless", names=[]),
    ]
    result = await secretariat.bring("institutions", files(records)["ror.json"], "ror.json")
    assert result["counts"] == counts(created=1, failed=4)
    problems = [row["problem"] for row in await secretariat.failures(result)]
    assert problems == ["ror_checksum", "country_missing", "not_one_of", "name_missing"]


@pytest.mark.parametrize("content", [b"[{", b'[{"names": 1}', b"[1, 2", b"[}]"])
async def test_an_array_that_breaks_off_is_refused(secretariat: Importer, content: bytes) -> None:
    response = await secretariat.send("institutions", content, "ror.json")
    assert (response.status_code, response.json()["code"]) == (422, "malformed_file"), response.text


async def test_a_large_array_is_read_in_parts(secretariat: Importer) -> None:
    """Its items cross the boundaries of the chunks that are read."""
    records = [record(PARENT, f"University {'of Zelmar ' * 40}")] * 1000
    result = await secretariat.bring("institutions", json.dumps(records).encode(), "ror.json")
    assert result["counts"] == counts(created=1, unchanged=999)
