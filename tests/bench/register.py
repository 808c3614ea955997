"""The register of centres: the stored response, and a past day that no process has stored."""

import statistics
import time
from datetime import UTC, datetime, timedelta
from itertools import product
from json import dumps
from string import ascii_uppercase
from typing import Any

import asyncpg
import httpx

from shared.database.ids import uuid7
from shared.kernel.clock import today
from tests.bench.cases import gets
from tests.bench.servers import Addresses, alone, load, serving

PATH = "/centres/v1/register"
_CENTRES, _CHANGES, _ROUNDS, _DAYS = 2_000, 10, 3, 30
_COLUMNS = (
    "id, version, status, country, visibility, created_at, created_by, updated_at, updated_by, names, search_key,"
    " host_institution_id, themes, registration_number, registration_serial, designated_on, term_number, term_starts,"
    " term_ends, position"
)


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`register`: responses a second of the first page. `register_past_ms`: the time of the whole register of a day."""
    await enter_centres(connection)
    with serving("services.centres.app:create_app", at, factory=True) as (ours, _):
        load(ours, gets([PATH]), seconds=1)
        rates = [load(ours, gets([PATH])) for _ in range(_ROUNDS)]
        times = []
        for ago in range(_DAYS):
            begun = time.perf_counter()
            response = httpx.get(ours + PATH, params={"format": "geojson", "as_of": str(today() - timedelta(days=ago))})
            times.append((time.perf_counter() - begun) * 1000)
            if len(response.json()["features"]) != _CENTRES:
                raise RuntimeError("the register has lost centres")
    return {
        "register": alone(statistics.median(rates), "requests/s", "at least 1,000"),
        "register_past_ms": alone(statistics.median(times), "ms", "below 100"),
    }


async def enter_centres(connection: asyncpg.Connection) -> None:
    """Enters 2,000 centres of 200 countries, each renamed ten times within a year, unless there are some."""
    if await connection.fetchval("SELECT EXISTS (SELECT FROM escm.centre_register_entry)"):
        return
    begun = datetime.now(UTC) - timedelta(days=400)
    countries = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)][:200]
    first, last = begun.date(), begun.date() + timedelta(days=1460)
    rows = [
        (uuid7(), 1, "active", country, "public", begun, "bench", begun, "bench", dumps({"en": f"Centre {serial}"}), "",
         uuid7(), ["peat"], f"ESNRC-{country}-{serial:02d}", serial, first, 1, first, last,
         dumps({"lat": 1.5, "lon": 2.5}))
        for serial in range(1, _CENTRES // len(countries) + 1)
        for country in countries
    ]  # fmt: skip
    marks = ", ".join(f"${n}" for n in range(1, len(rows[0]) + 1))
    await connection.executemany(f"INSERT INTO escm.centre_centre ({_COLUMNS}) VALUES ({marks})", rows)
    for number in range(_CHANGES):
        await connection.execute(
            "UPDATE escm.centre_centre SET names = jsonb_build_object('en', $1::text), updated_at = $2",
            f"Name {number}",
            begun + timedelta(days=30 * number + 5),
        )
    await connection.execute("VACUUM ANALYZE escm.centre_register_entry")
