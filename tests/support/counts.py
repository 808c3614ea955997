"""The counts of statistics, on other days."""

from datetime import date

import asyncpg

_AGE = """
WITH gone AS (DELETE FROM core_count_day WHERE day > $1 RETURNING *)
INSERT INTO core_count_day AS kept SELECT kind, visibility, status, country, category, tag, $1, sum(n) FROM gone
GROUP BY kind, visibility, status, country, category, tag
ON CONFLICT (kind, visibility, status, country, category, tag, day) DO UPDATE SET n = kept.n + excluded.n
"""


async def aged(superuser: asyncpg.Connection, day: date) -> None:
    """Moves the counts of later days to this one."""
    await superuser.execute("UPDATE core_count_delta SET day = $1 WHERE day > $1", day)
    await superuser.execute(_AGE, day)
