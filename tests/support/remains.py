"""Where a system still contains a word: in its database, in Valkey, in files."""

from pathlib import Path

import asyncpg
from redis.asyncio import Redis

_TABLES = """
SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'escm'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""


async def columns_with(superuser: asyncpg.Connection, word: str) -> list[str]:
    """The columns of the database that contain the word, in any case, in texts, documents or bytes."""
    found = []
    for row in await superuser.fetch(_TABLES):
        column = f'"{row["column"]}"'
        text = f"encode({column}, 'escape')" if row["type"] == "bytea" else f"{column}::text"
        query = f'SELECT count(*) FROM "{row["name"]}" WHERE position(lower($1) IN lower({text})) > 0'
        if await superuser.fetchval(query, word):
            found.append(f"{row['name']}.{row['column']}")
    return sorted(found)


def files_with(folder: Path, word: str) -> dict[Path, bytes]:
    """The files below a folder that contain the word, apart from those of PostgreSQL, each with its beginning."""
    files = [path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts]
    return {path: content[:2000] for path in files if word.encode() in (content := path.read_bytes())}


async def keys_with(redis_url: str, word: str) -> list[bytes]:
    """The keys of Valkey that contain the word, in their name or value."""
    async with Redis.from_url(redis_url) as valkey:
        return [key async for key in valkey.scan_iter() if word.encode() in key + (await valkey.dump(key) or b"")]
