"""The experts who match a request, among all: milliseconds of one request without other load."""

import time
from collections.abc import Mapping
from statistics import median
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS
from tests.bench.core import grouping, target
from tests.bench.servers import Addresses, serving, tokens

TARGET = 500
_REQUESTS = "/actions/v1/support_requests"
_ROUNDS = 9
_CHOSEN = "('x' || substr(md5(e.ref || $1 || n), 1, 7))::bit(28)::int"
"""A number that depends on the expert, the kind and a counter."""
_ADD = f"""
INSERT INTO escm.member_expert_value (expert_id, kind, value, country, visibility, is_available)
SELECT e.id, $1, ($2::text[])[1 + {_CHOSEN} % cardinality($2::text[])], e.country, e.visibility,
    e.status = 'active' AND e.available_for_support
FROM escm.member_expert e, generate_series(1, $3::int) n ON CONFLICT DO NOTHING
"""
_LANGUAGES = [*["en"] * 6, "fr", "es", "ru", "ar", "zh", "pt", "de"]
_KINDS: Mapping[str, tuple[list[str], int]] = {
    "boundary": (list(BOUNDARIES), 1),
    "ecosystem": (list(ECOSYSTEMS), 2),
    "keyword": ([f"keyword {number}" for number in range(3_000)], 3),
    "language": (_LANGUAGES, 2),
}
"""By kind: what the values are chosen from, and how many an expert gets in addition."""
_TRIGGER = "ALTER TABLE escm.member_expert_value {} TRIGGER member_expert_value_availability"
_ASKED: Mapping[str, Mapping[str, Any]] = {
    "support_matches": {
        "fields": ["1.5", "2.3"],
        "planetary_boundaries": ["climate-change", "land-system-change"],
        "ecosystems": ["wetlands-peatlands-mires-bogs"],
        "keywords": ["keyword 7", "keyword 70"],
        "languages": ["en", "fr"],
    },
    "support_matches_of_boundaries": {"planetary_boundaries": ["climate-change"], "languages": ["am"]},
    "support_matches_of_languages": {"languages": ["en"]},
}
"""By name, what is asked for: of every kind; what many have, with a language that nobody has; what most have."""


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """The median of each search, in milliseconds; 500 are promised for one that asks for something of every kind."""
    await _add_values(connection)
    (token,) = await tokens(at, "secretariat")
    with (
        serving("services.actions.app:create_app", at, factory=True) as (ours, _),
        httpx.Client(base_url=ours, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client,
    ):
        found = {}
        for name, asked in _ASKED.items():
            bound, took = await grouping(connection), median(_times(client, asked))
            found[name] = {"value": took, "bound": bound, "ratio": took / bound, "unit": "ms", "target": target(TARGET)}
    return found


async def _add_values(connection: asyncpg.Connection) -> None:
    """Gives each expert about ten values."""
    await connection.execute(_TRIGGER.format("DISABLE"))
    for kind, (choices, count) in _KINDS.items():
        await connection.execute(_ADD, kind, choices, count, timeout=3600)
    await connection.execute(_TRIGGER.format("ENABLE"))
    await connection.execute("VACUUM ANALYZE escm.member_expert_value", timeout=3600)


def _times(client: httpx.Client, asked: Mapping[str, Any]) -> list[float]:
    texts = {"titles": {"en": "Peatlands"}, "need": {"en": "A map"}, "country": "PK", "kind": "science"}
    made = client.post(_REQUESTS, json={**texts, **asked}, headers={"Idempotency-Key": uuid4().hex})
    made.raise_for_status()
    address, times = f"{made.json()['links']['self']}/matches", []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        client.get(address).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times
