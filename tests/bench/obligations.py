"""Ten thousand late reports of centres: how long the schedules take that announce their lights and remind of them."""

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import asyncpg

from services.centres.reporting.annual_reports.operations import apply_scheduled as announce_lights
from services.centres.reporting.annual_reports.operations import remind
from services.centres.settings import CentresSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from tests.bench.register import enter_centres
from tests.bench.servers import Addresses, alone

OBLIGATIONS = 10_000
_ROUNDS = 3
_LOAD = """
INSERT INTO escm.centre_annual_report (id, ref, version, status, country, visibility, created_at, created_by,
    updated_at, updated_by, centre_id, year, period_starts, period_ends, due,
    answers, figures, public_answers, public_figures, documents, answered, prefilled, required, missing, comments)
SELECT uuidv7(), 'ANR-B' || row_number() OVER (), 1, 'due', country, visibility, now(), 'bench', now(), 'bench', id,
    2000 + n, current_date - 500, current_date - 135, current_date - 5,
    '{}', '{}', '{}', '{}', '[]', '[]', '{}', 0, 0, '{}'
FROM escm.centre_centre, generate_series(1, 5) n
"""
_UNDO = "UPDATE escm.centre_annual_report SET announced = NULL, reminded_on = NULL WHERE ref LIKE 'ANR-B%'"
_LEFT = (
    "SELECT count(*) FROM escm.centre_annual_report"
    " WHERE ref LIKE 'ANR-B%' AND (announced IS NULL OR reminded_on IS NULL)"
)
_SCHEDULES: tuple[Callable[[UnitOfWork], Awaitable[None]], ...] = (announce_lights, remind)


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`obligations`: seconds until both schedules have passed all reports, run after run."""
    await enter_centres(connection)
    await connection.execute(_LOAD)
    await connection.execute("VACUUM ANALYZE escm.centre_annual_report")
    database = await Database.open(CentresSettings(database_url=at.postgres).database_dsn(), size=2)
    took = []
    for _ in range(_ROUNDS):
        await connection.execute(_UNDO)
        begun = time.perf_counter()
        while await connection.fetchval(_LEFT):
            for schedule in _SCHEDULES:
                async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                    await schedule(uow)
        took.append(time.perf_counter() - begun)
    await database.close()
    return {"obligations": alone(median(took), f"s for {OBLIGATIONS:,}", "below 5")}
