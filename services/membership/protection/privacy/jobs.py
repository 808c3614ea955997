"""The job of an export of everything about an expert."""

import tempfile
from typing import Any
from uuid import UUID

from services.membership.access import ROLES
from services.membership.protection.privacy.operations import SUBJECT_EXPORT, write
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.queries import LISTING
from shared.bulk.creators import principal_of
from shared.bulk.exporting import export_of, finish_export
from shared.bulk.store import files_of
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.messaging.job_run import JobHandlers, JobRun
from shared.records.access_scope import access_scope_for
from shared.records.requirements import require


def job_handlers(settings: Settings) -> JobHandlers:
    """The handler of the job; its files are stored with those of other exports."""
    store = files_of(settings)

    async def export_subject(run: JobRun) -> dict[str, Any]:
        export = await export_of(run)
        expert = await _expert_of(run, UUID(export["filters"]["expert"]))
        with tempfile.TemporaryFile() as file:
            async with snapshot(run.database, SYSTEM_CONTEXT) as connection:
                rows = await write(connection, expert, file)
            file.seek(0)
            stored = await store.put(file)
        return await finish_export(run, export, rows, stored)

    return {SUBJECT_EXPORT: export_subject}


async def _expert_of(run: JobRun, key: UUID) -> Row:
    """The expert, if the caller who ordered the export still has the permission."""
    access = access_scope_for(await principal_of(run.database, run.created_by), ROLES, EXPERTS.resource)
    async with run.database.acquire() as connection:
        expert = await LISTING.get(connection, access, key)
    if expert is None:
        raise NotFound("There is no such expert.")
    require(access, SUBJECT_EXPORT, expert["country"], expert["id"])
    return expert
