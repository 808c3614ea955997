"""The files of dated copies of open data in a backup."""

import asyncpg

from shared.open_data.tables import dataset_copy

_DIGESTS = f"SELECT DISTINCT sha256 FROM {dataset_copy.fullname} ORDER BY sha256"  # noqa: S608 - the name of a table


async def digests_of_copies(connection: asyncpg.Connection) -> list[str]:
    """The digests of all files of copies; none if an earlier release has made the database."""
    if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", dataset_copy.fullname):
        return []
    return [row["sha256"] for row in await connection.fetch(_DIGESTS)]
