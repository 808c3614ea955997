"""Values of results: one indicator over all countries and periods, 200 indicators by region, all values, a response
that is stored, and one that the caller has already. The bound is the speed of the core."""

import json
import statistics
from collections.abc import Iterable
from typing import Any

import asyncpg
import httpx

from tests.bench.core import grouping, target
from tests.bench.people import fold_counts
from tests.bench.servers import Addresses, latency, serving

NAMES = ("values_one_ms", "values_year_ms", "values_all_ms", "values_stored_ms", "values_unchanged_ms")
PATH = "/actions/v1/statistics/values"
_TARGETS = {"values_one_ms": 15, "values_year_ms": 40, "values_all_ms": 150, "values_unchanged_ms": 3}
_ROUNDS = 3
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
    """The 99th percentile and the median of the response times in milliseconds, for one caller at a time. No response
    is stored, except in the last case: each request names another first day, before all periods."""
    places = sorted(countries)[:_COUNTRIES]
    for statement in _LOAD:
        await connection.execute(statement, *([places] if "$1" in statement else []))
    await fold_counts(connection)
    rows = await connection.fetch("SELECT id FROM escm.action_indicator WHERE framework = 'bench' ORDER BY id")
    ids = [str(row["id"]) for row in rows]
    found = {}
    with serving("services.actions.app:create_app", at, factory=True) as (address, _):
        for name in NAMES:
            tag = _tag(address, _paths(name, ids)[0])
            script = _script(_paths(name, ids), name, tag)
            latency(address, script, connections=1, seconds=2)
            found[name] = await _alternating(connection, address, script)
            if name in _TARGETS:
                found[name]["target"] = target(_TARGETS[name])
    return found


async def _alternating(connection: asyncpg.Connection, address: str, script: str) -> dict[str, Any]:
    """The medians of rounds, in each of which the bound comes before the load."""
    rounds = []
    for _ in range(_ROUNDS):
        bound = await grouping(connection)
        median, p99 = latency(address, script, connections=1)
        rounds.append({"value": p99, "bound": bound, "ratio": p99 / bound, "p50": median})
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]} | {"unit": "ms"}


def _paths(name: str, ids: list[str]) -> list[str]:
    match name:
        case "values_one_ms":
            return [f"{PATH}?by=country,period&indicator={identity}" for identity in ids]
        case "values_year_ms":
            return [f"{PATH}?by=region&period=2020&indicator={','.join(ids)}"]
    return [f"{PATH}?by=period&indicator={','.join(ids)}"]


def _script(paths: list[str], name: str, tag: str) -> str:
    """Requests the paths in turn, each time from another day on unless the response is stored. A later run repeats no
    day of an earlier one. Sends the entity `tag` if the caller has the response already."""
    since = "..'&from='..os.date('!%Y-%m-%d', n * 86400)" if name in NAMES[:3] else ""
    known = f", {{['If-None-Match']={json.dumps(tag)}}}" if name == "values_unchanged_ms" else ""
    return (
        f"local paths={{{','.join(map(json.dumps, paths))}}}\nlocal n=os.time() % 100 * 100\n"
        f"request=function() n=n+1; return wrk.format('GET', paths[n%#paths+1]{since}{known}) end\n"
    )


def _tag(address: str, path: str) -> str:
    """The entity tag of a response that has values."""
    response = httpx.get(f"{address}{path}", timeout=60).raise_for_status()
    if not response.json()["items"]:
        raise RuntimeError("no value was found")
    return response.headers["etag"]
