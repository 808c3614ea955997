"""The superuser's connections, and the content and the schema of a database as values that can be compared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = to_regnamespace('escm') AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition ORDER BY c.relname
"""
_SHAPE = """
SELECT 'table ' || c.relname || ' ' || c.relrowsecurity || c.relforcerowsecurity || pg_get_userbyid(c.relowner)
    || coalesce((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull, ', '
        ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')
    || coalesce((SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(c.relacl) r), '')
FROM pg_class c WHERE c.relnamespace = to_regnamespace('escm') AND c.relkind <> 'S'
UNION ALL SELECT 'constraint ' || conname || ' ' || convalidated || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = to_regnamespace('escm')
UNION ALL SELECT 'trigger ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') || coalesce(with_check, '')
FROM pg_policies WHERE schemaname = 'escm'
ORDER BY 1
"""


@asynccontextmanager
async def as_superuser(url: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the superuser, who is bound by no policy, in the schema of the product. `settings` are those of
    its session."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm", **settings})
    try:
        yield connection
    finally:
        await connection.close()


async def checksums(url: str) -> dict[str, tuple[int, str]]:
    """The number of rows of every table, and a digest over them that is independent of their order."""
    async with as_superuser(url, timezone="UTC") as connection:
        found = {}
        for (table,) in await connection.fetch(_TABLES):
            row = await connection.fetchrow(
                f"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} t"
            )
            found[table] = (row[0], row[1])
        return found


async def shape(url: str) -> list[str]:
    """Tables with owners, grants and policies, sequences with their next number, constraints, triggers."""
    connection = await asyncpg.connect(url)
    try:
        described = [str(row[0]) for row in await connection.fetch(_SHAPE)]
        for (name,) in await connection.fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'escm'"):
            number = await connection.fetchval(f"SELECT last_value + is_called::int FROM escm.{name}")
            described.append(f"sequence {name} {number}")
        return sorted(described)
    finally:
        await connection.close()
