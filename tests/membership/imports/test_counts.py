"""Imports and their undo are counted like any other change."""

import asyncpg

from services.membership.overview.statistics.queries import KINDS, LIVE
from shared.records.counts import drift
from tests.support.imports import Importer, counts, csv_of


async def _total(by: Importer) -> int:
    response = await by.caller.get("/membership/v1/statistics?by=country")
    return int(response.json()["total"])


async def test_an_import_counts_at_once_and_its_undoing_takes_it_back(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    people = [(f"Person {n}", ("XA", "XB")[n % 2], f"p{n}@example.org") for n in range(300)]
    headings = "full_name,country,email"
    first = await secretariat.bring("experts", csv_of(headings, people))
    assert await _total(secretariat) == 300
    moved = [(name, "XB", email) for name, _, email in people[:10]]
    second = await secretariat.bring("experts", csv_of(headings, [*moved, ("One More", "XA", "more@example.org")]))
    assert second["counts"] == counts(created=1, updated=5, unchanged=5)
    assert await _total(secretariat) == 301
    await secretariat.bring("institutions", csv_of("name,country", [("University of A", "XA"), ("B", "XB")]))
    assert await drift(database, KINDS, LIVE) == []
    await secretariat.undo(second)
    assert await _total(secretariat) == 300
    undone = (await secretariat.undo(first)).json()
    assert await _total(secretariat) == undone["taken_back"]["kept"] < 300
    assert await drift(database, KINDS, LIVE) == []
