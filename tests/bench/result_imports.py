"""Imports of results through the real worker and the real relay: of whole values, and of values in parts.
`BENCH_IMPORT_RESULTS` changes their number."""

import os
from collections.abc import Iterator

import asyncpg

from services.actions.exchange.result_sheets.results import HEADINGS, RESULT_IMPORT
from services.actions.settings import ActionsSettings
from tests.actions.neighbours import enter
from tests.bench.imports import check, end_of, order, working
from tests.bench.people import COUNTRY_CODES
from tests.bench.servers import Addresses, alone

RESULTS = 100_000
_PARTS = 9
_INDICATORS = 200
_DOCUMENTS = dict.fromkeys(("titles", "definition", "method"), "{}")
_INDICATOR = {
    "status": "active",
    "framework": "bench",
    "level": "outcome",
    "measure": "unit",
    "unit": '{"code": "ha", "label": "hectares"}',
    "scale": "[]",
    "direction": "ascending",
    "across": "sum",
    "over_time": "latest",
    "reported_by": "country",
    "frequency": "year",
    "codes": "[]",
    "country": None,
    **_DOCUMENTS,
}


async def measure(at: Addresses) -> dict[str, dict[str, object]]:
    """`import_results` and `import_parts`, in results and rows a second, from the order to the job's end."""
    count = int(os.environ.get("BENCH_IMPORT_RESULTS", RESULTS))
    superuser = await asyncpg.connect(at.postgres, server_settings={"search_path": "escm"})
    codes = [f"{number}" for number in range(_PARTS)]
    listed = ", ".join(f'{{"code": "{code}", "titles": {{}}}}' for code in codes)
    cell = f'[{{"key": "cell", "titles": {{}}, "codes": [{listed}], "required": false, "exhaustive": false}}]'
    for number in range(_INDICATORS):
        await enter(superuser, "action_indicator", **_INDICATOR, code=f"B-{number}", disaggregations=cell)
    periods = [str(1900 + number) for number in range(1 + count // (_INDICATORS * len(COUNTRY_CODES)))]
    for code in (*periods, "2099"):
        await enter(superuser, "action_period", country=None, status="open", framework="bench", code=code)
    await superuser.close()
    async with working(at, ActionsSettings) as on:
        whole = await end_of(on, await order(on, "results", HEADINGS, _wholes(count, periods)))
        lines = _parts(count // (_PARTS + 1))
        parts = await end_of(on, await order(on, "results", RESULT_IMPORT.understood, lines))
    check(whole[0], count)
    found = {"import_results": alone(count / whole[0]["took"].total_seconds(), "results/s")}
    rows = count // (_PARTS + 1) * (_PARTS + 1)
    found["import_parts"] = alone(rows / parts[0]["took"].total_seconds(), "rows/s")
    found["import_results_rss_mb"] = alone(max(whole[1], parts[1]), "MB")
    return found


def _keys(periods: list[str]) -> Iterator[str]:
    for period in periods:
        for number in range(_INDICATORS):
            for country in COUNTRY_CODES:
                yield f"B-{number},{country},{period}"


def _wholes(count: int, periods: list[str]) -> Iterator[bytes]:
    yield b"indicator,country,period,method,value,source\r\n"
    for number, key in zip(range(count), _keys(periods), strict=False):
        yield f"{key},survey,{number}.50,National survey\r\n".encode()


def _parts(count: int) -> Iterator[bytes]:
    yield b"indicator,country,period,method,value,dim_cell\r\n"
    for _, key in zip(range(count), _keys(["2099"]), strict=False):
        yield f"{key},survey,{_PARTS},\r\n".encode()
        for part in range(_PARTS):
            yield f"{key},,1,{part}\r\n".encode()
