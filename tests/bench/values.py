"""Values of results: one indicator over all countries and periods, 200 indicators by region, all values, and a response
that is stored."""

import statistics
import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx

from tests.bench.servers import Addresses, alone, serving

NAMES = ("values_one_ms", "values_year_ms", "values_all_ms", "values_stored_ms")
PATH = "/actions/v1/statistics/values"
_ROUNDS = {"values_one_ms": 200, "values_year_ms": 40, "values_all_ms": 20, "values_stored_ms": 200}
_TARGETS = {"values_one_ms": 15, "values_year_ms": 40, "values_all_ms": 150, "values_stored_ms": 3}
_RECORD = "id, version, status, visibility, created_at, created_by, updated_at, updated_by"
_OF_RECORD = "uuidv7(), 1, {status}, 'public', now(), 'bench', now(), 'bench'"
_LOAD = (
    f"""
INSERT INTO escm.action_indicator ({_RECORD}, code, titles, definition, framework, level, measure, unit, scale,
    direction, across, over_time, reported_by, frequency, codes, method, disaggregations, search_key)
SELECT {_OF_RECORD.format(status="'active'")}, 'B-' || n, '{{}}', '{{}}', 'bench', 'outcome',
    'unit', '{{"code": "ha", "label": "hectares"}}', '[]', 'ascending', 'sum', 'latest', 'country', 'year',
    '[]', '{{}}', '[]', ''
FROM generate_series(1, 200) n
""",
    f"""
INSERT INTO escm.action_period ({_RECORD}, framework, code, starts, ends, opens_on, due_on, closes_on)
SELECT {_OF_RECORD.format(status="'open'")}, 'bench', y::text, make_date(y, 1, 1), make_date(y, 12, 31), '2020-01-01',
    '2090-01-01', '2090-01-01'
FROM generate_series(2016, 2025) y
""",
    f"""
INSERT INTO escm.action_result ({_RECORD}, country, indicator_id, kind, period_id, method, value, missing, breakdown,
    evidence, revision, acknowledged, published_at, claimants)
SELECT {_OF_RECORD.format(status="'published'")}, c, i.id, 'actual', p.id, 'measured',
    CASE WHEN n % 30 > 0 THEN (hashtext(i.code || c || p.code) % 1000000)::numeric / 1000 END,
    CASE WHEN n % 30 = 0 THEN 'not_collected' END, '[]', '[]', 1, '{{}}', now(), '{{}}'
FROM escm.action_period p, unnest($1::text[]) WITH ORDINALITY AS place (c, n), escm.action_indicator i
WHERE p.framework = 'bench' AND i.framework = 'bench'
""",
    "VACUUM ANALYZE escm.action_value",
)
_COUNTRIES = 195


async def measure(at: Addresses, connection: asyncpg.Connection, countries: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The 99th percentile of the response times in milliseconds, for one caller at a time. No response is stored,
    except in the last case: each request names other days."""
    places = sorted(countries)[:_COUNTRIES]
    for statement in _LOAD:
        await connection.execute(statement, *([places] if "$1" in statement else []))
    rows = await connection.fetch("SELECT id FROM escm.action_indicator WHERE framework = 'bench' ORDER BY id")
    ids = [str(row["id"]) for row in rows]
    found = {}
    with serving("services.actions.app:create_app", at, factory=True) as (address, _):
        plain = {"Accept-Encoding": "identity"}
        async with httpx.AsyncClient(base_url=address, timeout=60, headers=plain) as client:
            for name in NAMES:
                times = [await _milliseconds(client, _path(name, ids, n)) for n in range(-8, _ROUNDS[name])][8:]
                found[name] = alone(statistics.quantiles(times, n=100)[98], "ms", f"{_TARGETS[name]} ms")
                found[name]["p50"] = statistics.median(times)
    return found


def _path(name: str, ids: list[str], n: int) -> str:
    since = date(2000, 1, 1) + timedelta(days=n)
    match name:
        case "values_one_ms":
            return f"{PATH}?indicator={ids[n % len(ids)]}&by=country,period&from={since}"
        case "values_year_ms":
            return f"{PATH}?indicator={','.join(ids)}&by=region&period=2020&from={since}"
        case "values_all_ms":
            return f"{PATH}?indicator={','.join(ids)}&by=period&from={since}"
    return f"{PATH}?indicator={','.join(ids)}&by=period"


async def _milliseconds(client: httpx.AsyncClient, path: str) -> float:
    started = time.perf_counter()
    response = await client.get(path)
    taken = time.perf_counter() - started
    response.raise_for_status()
    if not response.json()["items"]:
        raise RuntimeError("no value was found")
    return taken * 1000
