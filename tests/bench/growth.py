"""What is stored: bytes of each expert, and bytes that each write adds, by what they are for."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from tests.bench.cases import EXPERTS
from tests.bench.servers import API_CORE, LOAD_CORE, WORKING, Addresses, alone, running, serving, tokens, until
from tests.support.membership import expert

WRITES = 4_000
"""Half of them create an expert, half change one."""
_AT_ONCE = 4
_SIZES = """
SELECT relname, pg_total_relation_size(oid) AS size FROM pg_class
WHERE relnamespace = 'escm'::regnamespace AND relkind = 'r'
"""
_FOR = {"core_fact": "facts", "core_audit": "audit", "core_idempotency": "responses", "member_": "records"}
_QUIET = """
SELECT NOT EXISTS (SELECT FROM escm.core_outbox)
    AND NOT EXISTS (SELECT FROM escm.core_batch WHERE status IN ('queued', 'running'))
"""


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`growth_*`: bytes in the database for each expert that was loaded, and for each write over HTTP."""
    (token,) = await tokens(at, "secretariat")
    before = await sizes(connection)
    experts = await connection.fetchval("SELECT count(*) FROM escm.member_expert")
    await written(at, connection, token)
    after = await sizes(connection)
    whole = await connection.fetchval("SELECT pg_database_size(current_database())")
    found = {"growth_database": alone(whole / 2**20, f"MiB with {experts:,} experts")}
    found["growth_expert"] = alone(before["records"] / experts, "bytes of each expert, with indexes")
    for purpose, size in (after - before).items():
        found[f"growth_{purpose}"] = alone(size / WRITES, "bytes of each write")
    return found


async def written(at: Addresses, connection: asyncpg.Connection, token: str, writes: int = WRITES) -> None:
    """Makes so many writes over HTTP, and waits until workers have handled what follows from them."""
    with (
        serving("services.membership.app:create_app", at, factory=True) as (address, _),
        running("worker membership", at, API_CORE),
        running("worker access", at, API_CORE),
        running("relay", at, LOAD_CORE),
    ):
        await until(connection, WORKING, "membership")
        await _write(address, token, writes)
        await until(connection, _QUIET, within=600)


async def _write(address: str, token: str, writes: int) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, limits=limits) as client:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> None:
            async with slots:
                body = expert(names=[{"full": f"Grown Person{number}"}])
                created = await client.post(EXPERTS, json=body, headers={"Idempotency-Key": str(uuid4())})
                created.raise_for_status()
                match = {"If-Match": created.headers["ETag"]}
                path = f"{EXPERTS}/{created.json()['id']}"
                (await client.patch(path, json={"keywords": ["reefs"]}, headers=match)).raise_for_status()

        await asyncio.gather(*(one(number) for number in range(writes // 2)))


async def sizes(connection: asyncpg.Connection) -> Counter[str]:
    """The bytes of all tables with their indexes, after a vacuum, by purpose."""
    await connection.execute("VACUUM ANALYZE")
    sizes: Counter[str] = Counter()
    for name, size in await connection.fetch(_SIZES):
        purpose = next((purpose for prefix, purpose in _FOR.items() if name.startswith(prefix)), "work")
        sizes[purpose] += size
    return sizes
