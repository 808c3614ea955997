"""The speed of a core: the milliseconds in which it groups a million rows. Targets in milliseconds are for a core that
takes 71; a slower one may take as many times longer."""

import statistics
import time

import asyncpg

GROUPED = 71
"""Milliseconds in which the core of the targets groups a million rows (results.md)."""
_MILLION = """
CREATE TEMPORARY TABLE IF NOT EXISTS million AS SELECT n % 100 AS key FROM generate_series(1, 1000000) n
"""
_GROUPS = "SELECT key, count(*) FROM million GROUP BY key"


async def grouping(connection: asyncpg.Connection) -> float:
    """The median of the milliseconds in which this core groups a million rows."""
    await connection.execute(_MILLION)
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        await connection.fetch(_GROUPS)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def target(milliseconds: float) -> str:
    """A target as text."""
    return f"{milliseconds:g} ms, or {milliseconds / GROUPED:.2f} times the bound"
