"""Imported records that were merged: their lists are imported again, and undone."""

import asyncpg
import pytest

from tests.membership.imports.conftest import checksum
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import EXPERTS
from tests.support.merges import merged, undone

HEADINGS = "given_names,family_name,country,institution,role,topic"
FIRST = [("Amina", "Varga", "XA", "University of A", "CLA", "Ice"), ("Ben", "Okri", "XB", "N/A", "LA", "Rain")]
SECOND = [("A.", "Varga", "XA", "University of A", "CLA", "Snow")]


@pytest.mark.long("imports several lists")
async def test_lists_lead_to_the_winner_and_change_nothing_when_they_come_again(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    taken = [await secretariat.bring("experts", csv_of(HEADINGS, rows)) for rows in (FIRST, SECOND)]
    found = {one["display_name"]: one for one in (await secretariat.caller.get(EXPERTS)).json()["items"]}
    winner, loser = found["Amina Varga"], found["A. Varga"]
    identities = "SELECT record, count(*) FROM core_import_identity GROUP BY record ORDER BY record"
    before = await checksum(database), await database.fetch(identities)
    merge = await merged(secretariat.caller, winner, loser)
    assert merge["moved"] == {"affiliations": 0, "united": 1, "identities": 1}
    state = await checksum(database)
    for rows in (FIRST, SECOND):
        assert (await secretariat.bring("experts", csv_of(HEADINGS, rows)))["counts"] == counts(unchanged=len(rows))
    assert await checksum(database) == state
    changed = [("A.", "Varga", "XA", "University of A", "CLA", "Fog")]
    assert (await secretariat.bring("experts", csv_of(HEADINGS, changed)))["counts"] == counts(updated=1)
    now = (await secretariat.caller.get(winner["links"]["self"])).json()
    assert now["keywords"] == ["Fog"]
    await undone(secretariat.caller, merge, keywords="restore", names="restore")
    assert await database.fetch(identities) == before[1]
    for rows in (FIRST, changed):
        assert (await secretariat.bring("experts", csv_of(HEADINGS, rows)))["counts"] == counts(unchanged=len(rows))
    assert len(taken) == 2


async def test_an_import_that_is_taken_back_leaves_merged_records_and_forgets_their_rows(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await secretariat.bring("experts", csv_of(HEADINGS, FIRST))
    second = await secretariat.bring("experts", csv_of(HEADINGS, SECOND))
    found = {one["display_name"]: one for one in (await secretariat.caller.get(EXPERTS)).json()["items"]}
    merge = await merged(secretariat.caller, found["Amina Varga"], found["A. Varga"])
    back = await secretariat.undo(second)
    assert back.json()["taken_back"] == {"removed": 0, "restored": 0, "kept": 1}
    rows = "SELECT count(*) FROM core_import_identity WHERE import = $1"
    assert await database.fetchval(rows, second["import_id"]) == 0
    await undone(secretariat.caller, merge)
    assert (await secretariat.caller.get(found["A. Varga"]["links"]["self"])).status_code == 200
