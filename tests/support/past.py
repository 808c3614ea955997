"""Letting time pass in a running system: what happened today happened some days ago. The database has a clock of its
own, which no test sets, so that all days and instants of the domain's tables move back instead, and the days of stored
counts."""

import asyncio

import asyncpg

_MOVED = """
SELECT t.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'escm'
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE t.relkind = 'r' AND t.relname ~ '^(member|centre|action|core_count)_'
    AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype)
GROUP BY t.relname
"""
_FACTS = """
UPDATE action_country_stage SET facts = (
    SELECT jsonb_agg(fact || jsonb_build_object('date', (fact->>'date')::date - $1::integer) ORDER BY place)
    FROM jsonb_array_elements(facts) WITH ORDINALITY AS found (fact, place))
"""
_FORGET_RESPONSES = "UPDATE core_count_fold SET number = number + 1"
"""Responses with counts are stored under this number."""
_AWAY = 200_000
"""Days by which rows leave their place first, so that no two of a unique key meet on the way."""


def days_pass(database_url: str, days: int) -> None:
    """Moves all days and instants of membership, centres and actions back by so many days, without their triggers, and
    those of what is counted. Workers wait meanwhile."""
    asyncio.run(_move(database_url, days))


async def _move(database_url: str, days: int) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    try:
        while not await _is_moved(connection, days):
            pass
    finally:
        await connection.close()


async def _is_moved(connection: asyncpg.Connection, days: int) -> bool:
    """Whether nobody held what this waited for while waiting for this."""
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            moved = await connection.fetch(_MOVED)
            tables = ", ".join(sorted(table for table, _ in moved))
            await connection.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
            for table, columns in moved:
                for by in (_AWAY, -_AWAY - days):
                    values = ", ".join(f"{name} = {name} + {by} * interval '1 day'" for name in columns)
                    await connection.execute(f"UPDATE {table} SET {values}")
            await connection.execute(_FACTS, days)
            await connection.execute(_FORGET_RESPONSES)
    except asyncpg.DeadlockDetectedError:
        return False
    return True
