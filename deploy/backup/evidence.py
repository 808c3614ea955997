"""The files of evidence in a backup."""

import asyncpg

from services.actions.reporting.evidence.queries import digests_after
from services.actions.reporting.evidence.tables import evidence
from shared.bulk.store import FileStore, files_in
from shared.configuration.settings import Settings


def is_in_bucket(settings: Settings) -> bool:
    """Whether evidence is in S3, whose versions and copies are the backup."""
    return settings.objects_url.startswith("s3:")


def evidence_of(settings: Settings) -> FileStore:
    """The store of evidence."""
    return files_in(settings, "evidence")


async def digests_of(connection: asyncpg.Connection) -> list[str]:
    """The digests of all files of evidence that were not purged; none if an earlier release has made the database."""
    found: list[str] = []
    if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", evidence.fullname):
        return found
    while more := await digests_after(connection, found[-1] if found else ""):
        found += more
    return found
