"""Pages of the portal: those that are kept, and those that are made anew from the API."""

import os
import statistics
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.bench.cases import gets
from tests.bench.servers import LOAD_CORE, SECONDS, Addresses, alone, latency, load, serving

KEPT = ("/en/", "/en/countries/FR", "/en/institutions", "/ar/countries/KE")
_MADE = ("/en/countries/{}", "/en/institutions?country={}", "/en/experts?country={}", "/en/centres?country={}")
_ROUNDS, _ASKED = 3, 15
_TICKS = os.sysconf("SC_CLK_TCK")
_SHARE = 0.95


async def measure(at: Addresses, _connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`portal_kept`: pages that a process sends in a second of its CPU. `portal_made_ms`: the time of 95 % of the pages
    that are made from the API."""
    with serving("deploy.local.combined:create_app", at, factory=True, core=LOAD_CORE) as (api, _):
        with serving("services.portal.app:create_app", at, factory=True, ESCM_API=api) as (pages, pid):
            load(pages, gets(KEPT), seconds=1)
            rates = [_rate(pages, pid) for _ in range(_ROUNDS)]
            _, p99 = latency(pages, gets(KEPT), connections=8)
        fresh = {"ESCM_API": api, "ESCM_PORTAL_FRESH": "0"}
        with serving("services.portal.app:create_app", at, factory=True, **fresh) as (pages, _):
            times = _times(pages)
    return {
        "portal_kept": alone(statistics.median(rates), "pages/CPU second", "at least 3,000"),
        "portal_kept_p99_ms": alone(p99, "ms", "below 20"),
        "portal_made_p95_ms": alone(times[int(len(times) * _SHARE)], "ms", "below 200"),
    }


def _rate(pages: str, pid: int) -> float:
    """Pages in a second of the process's CPU, which other work on the machine does not change much."""
    before = _cpu(pid)
    rate = load(pages, gets(KEPT))
    return rate * SECONDS / (_cpu(pid) - before)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _times(pages: str) -> list[float]:
    """The times of pages of as many countries, in order."""
    countries = ("FR", "KE", "BR", "IN", "CN", "DE", "EG", "MX", "PE", "PK", "TZ", "UA", "US", "VN", "ZA")[:_ASKED]
    times = []
    with httpx.Client(base_url=pages, timeout=30, headers={"Accept": "text/html"}) as client:
        client.get("/en/countries/FR")
        for path in (pattern.format(code) for code in countries for pattern in _MADE):
            begun = time.perf_counter()
            client.get(path).raise_for_status()
            times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)
