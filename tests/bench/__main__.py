"""`make bench`: ratios of one run against a bare bound, as a table and in `.local/bench.json`.

`BENCH=W1,W2` selects cases, `BENCH_EXPERTS=50000` uses fewer experts. Each case runs ours and the bound alternately,
three times, and reports medians.
"""

import asyncio
import json
import os
import shutil
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from migrations.run import migrate
from tests.bench import (
    access,
    centre_work,
    certificates,
    counts,
    duplicates,
    evidence,
    facts,
    feed,
    growth,
    identity,
    imports,
    mails,
    matching,
    obligations,
    open_data,
    portal,
    printing,
    register,
    report,
    result_imports,
    scaling,
    sign_ins,
    signing,
    slow,
    starting,
    support,
    trail,
    values,
    webhooks,
    work,
    year,
)
from tests.bench.cases import EXPERTS, Case, Sample, cases
from tests.bench.people import EXPERTS as ALL
from tests.bench.people import load as load_people
from tests.bench.servers import Addresses, alone, latency, load, memory_mb, servers, serving, tokens

ROUNDS = 3
COUNT = int(os.environ.get("BENCH_EXPERTS", ALL))
"""Experts in the database. Fewer than 1,000,000 are for a trial: the targets are for that many."""
_SHARED_NAMES = """
SELECT e.names[0]->>'given' AS given, e.names[0]->>'family' AS family FROM escm.member_expert e
JOIN (
    SELECT name_key FROM escm.member_expert GROUP BY name_key HAVING count(*) BETWEEN 15 AND 30
) shared USING (name_key)
ORDER BY hashtext(e.ref) LIMIT 4000
"""
DEEP = min(100_000, COUNT // 4)
FRAGMENT = 7
"""Letters of a name's fragment: the invented names of a million people have few syllables, and shorter ones match
hundreds."""
RESULTS = Path(".local/bench.json")
console = Console(width=140)
_PEOPLE = {
    "work_list": work.measure_list,
    "erasure": work.measure_erasure,
    "reminders": mails.measure_reminders,
    "mails": mails.measure_mails,
    "pdf": printing.measure,
    "certificates": certificates.measure,
    "iati": open_data.measure,
    "open_data": open_data.measure_files,
    "register": register.measure,
    "portal": portal.measure,
    "report": report.measure,
    "obligations": obligations.measure,
    "centre_work": centre_work.measure,
    "growth": growth.measure,
    "year": year.measure,
}


async def main(picked: list[str]) -> int:
    """Runs the cases; 1 if a ratio misses its target, 2 if wrk is missing."""
    if shutil.which("wrk") is None:
        console.print("wrk is missing: install the package `wrk` of your system, then run this again.")
        return 2
    async with servers() as at:
        await migrate(at.postgres)
        connection = await asyncpg.connect(at.postgres)
        console.print(f"Loading {COUNT:,} experts …")
        await load_people(connection, COUNT)
        results: dict[str, Any] = {}
        try:
            await _measure(at, connection, picked, results)
        finally:
            RESULTS.parent.mkdir(exist_ok=True)
            known = json.loads(RESULTS.read_text()) if picked and RESULTS.exists() else {}
            RESULTS.write_text(json.dumps({**known, **results}, indent=1))
        await connection.close()
    return 0


async def _measure(at: Addresses, connection: asyncpg.Connection, picked: list[str], results: dict[str, Any]) -> None:
    (token,) = await tokens(at, "secretariat")
    with (
        serving("services.membership.app:create_app", at, factory=True) as (ours, pid),
        serving("tests.bench.bound:app", at, factory=False) as (bound, _),
        serving("tests.bench.bound:tuned", at, factory=False) as (tuned, _),
    ):
        sample = await _sample(connection, ours, token)
        table = Table("case", "what", "ours/s", "bound/s", "ratio", "target", "tuned/s", "ratio", "p50 ms", "p99 ms")
        for case in cases(sample).values():
            if picked and case.name not in picked:
                continue
            value, limit, tuned_limit = _run(case, ours, bound, tuned)
            p50, p99 = latency(ours, case.ours)
            results[case.name] = {"value": value, "bound": limit, "ratio": value / limit, "unit": "requests/s"}
            results[case.name] |= {"tuned": tuned_limit, "p50_ms": p50, "p99_ms": p99}
            table.add_row(
                *(case.name, case.what, f"{value:,.0f}", f"{limit:,.0f}", f"{value / limit:.2f}"),
                *(f"{case.target or ''}", f"{tuned_limit:,.0f}", f"{value / tuned_limit:.2f}"),
                *(f"{p50:.1f}", f"{p99:.1f}"),
            )
        results["api_rss_mb"] = alone(memory_mb(pid), "MB")
        if not picked or "match" in picked:
            results |= await matching.measure(connection, ours)
        if not picked or "slow_connections" in picked:
            results |= await slow.measure(ours, pid, token)
        if not picked or "W1" in picked:
            script = cases(sample)["W1"].ours
            crowd = load(ours, script, connections=128) / load(ours, script)
            results["W1_crowd"] = {"value": crowd, "bound": None, "ratio": crowd, "unit": "of W1 at 128 connections"}
    console.print(table)
    token, scoped = await tokens(at, "secretariat", "government_xa")
    sample = replace(sample, token=token)
    if not picked or "feed" in picked:
        results |= await feed.measure(at, connection, token)
    if not picked or scaling.NAMES & set(picked):
        results |= await scaling.measure(at, sample, picked)
    if not picked or access.NAMES & set(picked):
        results |= await access.measure(at, connection, sample, scoped, cases(sample)["W5"].ours, picked)
    await _others(at, connection, picked, sample, results)
    if not picked or "support_matches" in picked:
        results |= await support.measure(at, connection)
    _print({name: result for name, result in results.items() if name not in cases(sample)}, results)


def _print(others: dict[str, Any], results: dict[str, Any]) -> None:
    if {"W2", "W3"} <= results.keys():
        times = results["W2"]["value"] / results["W3"]["value"]
        console.print(f"W3 takes {times:.2f} times as long as W2 (at most 1.15)")
    for name, result in others.items():
        times = f", {result['ratio']:,.2f} times the bound" if result["bound"] else ""
        target = f" (target: {result['target']})" if result.get("target") else ""
        console.print(f"{name}: {result['value']:,.2f} {result['unit']}{times}{target}")


async def _webhooks(at: Addresses, connection: asyncpg.Connection, picked: list[str]) -> dict[str, Any]:
    if picked and not webhooks.NAMES & set(picked):
        return {}
    return await webhooks.measure(at, connection)


async def _others(
    at: Addresses, connection: asyncpg.Connection, picked: list[str], sample: Sample, found: dict[str, Any]
) -> None:
    """Duplicates, counts, facts and imports, in this order: each leaves more data behind. The trail's verification
    needs no data. The token expires before the facts start."""
    if not picked or "audit_verify" in picked:
        found |= trail.measure()
    found |= await _people(at, connection, picked)
    found |= await _webhooks(at, connection, picked)
    if not picked or "duplicates" in picked:
        found |= await duplicates.measure(at, connection)
    if not picked or "W6" in picked:
        found |= await counts.measure(at, connection)
    if not picked or set(values.NAMES) & set(picked):
        found |= await values.measure(at, connection, sample.countries)
    if not picked or {"facts_drain", "facts_latency_p99_ms", "wakeup_ratio"} & set(picked):
        (token,) = await tokens(at, "secretariat")
        found |= await facts.measure(at, connection, cases(replace(sample, token=token))["W5"].ours)
    if not picked or "import_matched" in picked:
        found |= await imports.measure_matched(at, connection)
    if not picked or {"import", "import_rss_mb"} & set(picked):
        found |= await imports.measure(at)
    if not picked or "import_results" in picked:
        found |= await result_imports.measure(at)
    if not picked or "beside_import" in picked:
        found |= await imports.measure_beside(at)


async def _people(at: Addresses, connection: asyncpg.Connection, picked: list[str]) -> dict[str, Any]:
    """What people do and get: registrations, work, mails, erasures."""
    found: dict[str, Any] = {}
    for name, measure in _PEOPLE.items():
        if not picked or name in picked:
            found |= await measure(at, connection)
    if not picked or starting.NAMES & set(picked):
        found |= await starting.measure(at, connection)
    if not picked or evidence.NAMES & set(picked):
        found |= await evidence.measure(at)
    if not picked or identity.NAMES & set(picked):
        found |= await identity.measure(at, connection, picked)
    if not picked or sign_ins.NAMES & set(picked):
        found |= await sign_ins.measure(at, connection, picked)
    if not picked or signing.NAMES & set(picked):
        found |= await signing.measure(at, connection, picked, COUNT)
    return found


def _run(case: Case, ours: str, bound: str, tuned: str) -> tuple[float, ...]:
    """The median of the responses a second of ours, the bound and the tuned bound, run alternately."""
    sides = ((ours, case.ours), (bound, case.bound), (tuned, case.bound))
    for address, script in sides:
        load(address, script, seconds=1)
    rounds = [[load(address, script) for address, script in sides] for _ in range(ROUNDS)]
    return tuple(statistics.median(side) for side in zip(*rounds, strict=True))


async def _sample(connection: asyncpg.Connection, ours: str, token: str) -> Sample:
    rows = await connection.fetch(
        "SELECT id, country, search_key FROM escm.member_expert WHERE visibility = 'public' AND status = 'active'"
        " ORDER BY hashtext(ref) LIMIT 1000"
    )
    words = [word for row in rows for word in row["search_key"].split() if len(word) >= FRAGMENT + 2]
    async with httpx.AsyncClient(base_url=ours, timeout=30) as client:
        path = f"{EXPERTS}?limit=200"
        for _ in range(DEEP // 200):
            response = (await client.get(path)).json()
            path = response["next"]
    return Sample(
        ids=[str(row["id"]) for row in rows],
        countries=sorted({row["country"] for row in rows}),
        fragments=[word[1 : FRAGMENT + 1] for word in words[:200]],
        deep_path=path.replace("limit=200", "limit=50"),
        deep_id=response["items"][-1]["id"],
        names=[(row["given"], row["family"]) for row in await connection.fetch(_SHARED_NAMES)],
        token=token,
    )


if __name__ == "__main__":
    chosen = [name for name in os.environ.get("BENCH", "").split(",") if name]
    sys.exit(asyncio.run(main(chosen)))
