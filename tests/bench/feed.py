"""The event feed, read to its end by one client."""

import time
from typing import Any

import asyncpg
import httpx

from tests.bench.servers import Addresses, alone, serving

EVENTS = "/access/v1/events"
STORED = 100_000
_FILL = """
INSERT INTO escm.core_fact (position, fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT n, uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'EXP-' || n, 2, 'PK', 'network',
    '/membership/v1/experts/' || uuidv7(), false
FROM generate_series($1::bigint + 1, $2::bigint) n
"""
_HEAD = """
INSERT INTO escm.core_lease (name, holder, expires_at, position) VALUES ('relay', uuidv7(), now(), $1)
ON CONFLICT (name) DO UPDATE SET position = $1
"""


async def measure(at: Addresses, connection: asyncpg.Connection, token: str) -> dict[str, Any]:
    """`feed`: events a second that one client reads, a thousand a page."""
    await connection.execute("TRUNCATE escm.core_fact")
    await store(connection, 0, STORED)
    with serving("services.access.app:create_app", at, factory=True) as (address, _):
        rate = _read(address, token)
    return {"feed": alone(rate, "events/s")}


async def store(connection: asyncpg.Connection, after: int, upto: int) -> None:
    """Stores events at the positions between, and moves the feed's end to the last one."""
    await connection.execute(_FILL, after, upto)
    await connection.execute(_HEAD, upto)
    await connection.execute("VACUUM ANALYZE escm.core_fact")


def _read(address: str, token: str) -> float:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
        began, seen, query = time.perf_counter(), 0, {"limit": "1000"}
        while seen < STORED:
            page = client.get(EVENTS, params=query).raise_for_status().json()
            seen += len(page["items"])
            query["after"] = page["next_after"]
        return seen / (time.perf_counter() - began)
