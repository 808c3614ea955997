"""Imports record sources: of the fields that a list set, changed or left unchanged."""

from typing import Any

from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS

_HEADINGS = "email,given_names,family_name,country,keywords"


async def _only(importer: Importer) -> dict[str, Any]:
    (found,) = (await importer.caller.get(EXPERTS)).json()["items"]
    return dict((await importer.caller.get(f"{EXPERTS}/{found['id']}")).json())


def _by(record: dict[str, Any]) -> dict[str, str]:
    return {name: said["by"] for name, said in record["asserted"].items()}


async def test_a_list_is_the_source_of_what_it_entered_and_changed(secretariat: Importer) -> None:
    await secretariat.bring("experts", csv_of(_HEADINGS, [("a@example.org", "Ana", "Varga", "XA", "soil")]))
    record = await _only(secretariat)
    assert set(_by(record)) == {"names", "country", "emails", "keywords", "category", "available_for_support"}
    assert set(_by(record).values()) == {"import"}
    path = f"{EXPERTS}/{record['id']}"
    etag = (await secretariat.caller.get(path)).headers["etag"]
    await secretariat.caller.patch(path, {"keywords": ["peat"], "gender": "woman"}, etag=etag)
    renamed = csv_of(_HEADINGS, [("a@example.org", "Ana", "Vargas", "XA", "peat")])
    brought = await secretariat.bring("experts", renamed)
    assert brought["counts"] == counts(updated=1)
    changed = await _only(secretariat)
    assert _by(changed) == {**_by(record), "keywords": "secretariat", "gender": "secretariat"}
    assert changed["asserted"]["names"]["at"] > record["asserted"]["names"]["at"]
    assert changed["asserted"]["country"] == record["asserted"]["country"]
    assert (await secretariat.bring("experts", renamed))["counts"] == counts(unchanged=1)
    assert (await secretariat.undo(brought)).status_code == 200
    restored = await _only(secretariat)
    assert (restored["display_name"], _by(restored)["names"]) == ("Ana Varga", "import")
    assert restored["asserted"]["names"] == record["asserted"]["names"]
