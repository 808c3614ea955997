"""Links that the job makes after an import do not prevent its undo."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from services.membership.register.affiliations import matching, queries
from services.membership.register.affiliations.matching import Matcher
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from tests.support.imports import Importer, counts, csv_of


async def match_all(settings: MembershipSettings) -> None:
    database, matcher = await Database.open(settings.database_dsn(), size=1), Matcher()
    try:
        while True:
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                if not await matcher.batch(uow):
                    return
    finally:
        await database.close()


@pytest.mark.long("waits for a turn")
async def test_matching_makes_way_for_what_somebody_ordered(
    secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [(f"Person {n}", "XA", f"Institute {n}") for n in range(30)]
    monkeypatch.setattr(matching, "AT_ONCE", 10)
    monkeypatch.setattr(queries, "is_waiting", _no)  # prevents jobs of the schedule meanwhile
    await secretariat.bring("experts", csv_of("full_name,country,institution", people))
    batch, is_held, may_go_on = Matcher.batch, asyncio.Event(), asyncio.Event()

    async def interrupted(self: Matcher, uow: UnitOfWork) -> int:
        if self.before is not None:
            is_held.set()
            await may_go_on.wait()
        elif not is_held.is_set():
            await _ordered(database, "client:other", '{"again": true}')
            await is_held.wait()
        return await batch(self, uow)

    monkeypatch.setattr(Matcher, "batch", interrupted)
    job = await _ordered(database)
    assert (await secretariat.end_of(f"/membership/v1/jobs/{job}"))["result"] == {"matched": 10}
    may_go_on.set()
    rest = await _ordered(database)
    assert (await secretariat.end_of(f"/membership/v1/jobs/{rest}"))["result"] == {"matched": 20}


async def _no(_connection: asyncpg.Connection) -> bool:
    return False


async def _ordered(database: asyncpg.Connection, by: str = "system", payload: str = "{}") -> UUID:
    job = uuid7()
    await database.execute(
        "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk)"
        " VALUES ($1, 'membership', 'match_affiliations', $3::text::jsonb, $2, $2, true)",
        job,
        by,
        payload,
    )
    return job


async def test_imported_texts_are_linked_and_their_import_is_taken_back(
    secretariat: Importer, database: asyncpg.Connection, settings: MembershipSettings
) -> None:
    heris = csv_of("name,country", [("University of Zelmar", "XA"), ("Qorvane College", "XA")])
    await secretariat.bring("institutions", heris, registry="true")
    places = ["University of Zelmar", "univ. of Zelmar", "Qorvane Colege", "N/A"]
    people = csv_of("full_name,country,institution", [(f"Person {n}", "XA", place) for n, place in enumerate(places)])
    result = await secretariat.bring("experts", people)
    assert result["counts"] == counts(created=4)
    await match_all(settings)
    rows = await database.fetch("SELECT raw, match_status, version FROM member_affiliation ORDER BY raw")
    assert [tuple(row) for row in rows] == [
        ("Qorvane Colege", "open", 1),
        ("University of Zelmar", "linked", 2),
        ("univ. of Zelmar", "linked", 2),
    ]
    again = await secretariat.bring("experts", people)
    assert again["counts"] == counts(unchanged=4)
    assert (await secretariat.undo(result)).status_code == 200
    assert await database.fetchval("SELECT count(*) FROM member_affiliation") == 0
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0
