"""`GET /institutions/match` at 20,000 institutions: responses a second, and the time of one without other load."""

import random
import time
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx

from tests.bench.cases import gets
from tests.bench.institutions import invented, load
from tests.bench.perturbations import PERTURBATIONS
from tests.bench.servers import alone
from tests.bench.servers import load as press

TEXTS = 500
_PATH = "/membership/v1/institutions/match"


async def measure(connection: asyncpg.Connection, ours: str) -> dict[str, Any]:
    """`match` in requests/s (300 are promised), `match_p50_ms` (below 5) and `match_p99_ms`."""
    rows = await load(connection, invented())
    dice = random.Random(20261125)
    texts: list[str] = []
    while len(texts) < TEXTS:
        if text := PERTURBATIONS[dice.choice(list(PERTURBATIONS))](dice.choice(rows), dice):
            texts.append(text)
    paths = [f"{_PATH}?{urlencode({'affiliation': text})}" for text in texts]
    press(ours, gets(paths), seconds=1)
    rate = median(press(ours, gets(paths)) for _ in range(3))
    with httpx.Client(base_url=ours, timeout=30) as client:
        took = [_milliseconds(client, path) for path in paths]
    return {
        "match": alone(rate, "requests/s"),
        "match_p50_ms": alone(median(took), "ms"),
        "match_p99_ms": alone(quantiles(took, n=100)[98], "ms"),
    }


def _milliseconds(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000
