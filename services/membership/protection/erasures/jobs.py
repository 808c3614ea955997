"""The run of an erasure in membership, after the other services have reported."""

import asyncio
from typing import Any
from uuid import UUID

from services.membership.issuing.files.operations import printed_files, remove_unknown
from services.membership.protection.erasures import files, queries, removal
from services.membership.protection.erasures.operations import finish
from services.membership.settings import MembershipSettings
from shared.bulk.erased import ErasedIds
from shared.bulk.store import files_of
from shared.database.unit_of_work import UnitOfWork
from shared.mail import folder
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.records.erasing import reports_of, store_report

ERASE_JOB = "erase_person"
_REPORTING = 3
"""The services that erase before membership, which knows the names and the account until they have reported."""


async def follow_reports(uow: UnitOfWork, subject: UUID) -> None:
    """Assigns the rest of a running erasure to the worker, once every service has reported about every expert that is
    the person."""
    running = await queries.lock_running(uow.connection, subject)
    if running is None:
        return
    reported = await reports_of(uow.connection, running.subjects)
    if len(reported) >= _REPORTING * len(running.subjects):
        defer(uow, "membership", ERASE_JOB, {"subject": str(subject)}, created_by=uow.origin.actor.label)


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that erases a person."""
    store, seal, erased = files_of(settings), MailSeal(settings), ErasedIds(settings.storage_path)
    certificates = printed_files(settings)

    async def erase_person(run: JobRun) -> dict[str, Any]:
        """Adds the person to the list for restores, deletes the files that name the person, erases the rows, and
        deletes the exports that were made before. Each part may be repeated."""
        subject = UUID(run.payload["subject"])
        async with run.unit_of_work() as uow:
            before = await queries.lock_running(uow.connection, subject)
            if before is None:
                return {"erased": False}
            await asyncio.to_thread(erased.add, before.subjects)
            traces = await removal.traces_of(uow.connection, before.subjects)
            imports = await files.imports_of(uow.connection, before.subjects)
        ids = [str(one) for one in traces.ids]
        await asyncio.to_thread(folder.remove, settings.mail_folder, traces.addresses, ids)
        named = await files.naming(store, imports, (*traces.addresses, *traces.names))
        async with run.unit_of_work() as uow:
            await files.mark_removed(uow.connection, named)
        await files.remove_import_files(store, named)
        async with run.unit_of_work() as uow:
            counts = await removal.remove_rows(uow, seal, before.subjects)
            await store_report(uow, "membership", before.expert_id, counts, [])
        async with run.unit_of_work() as uow:
            before = await queries.lock_running(uow.connection, subject)
            if before is not None:
                await files.remove_exports(uow, store)
                await remove_unknown(uow.connection, certificates)
                await finish(uow, before)
        return {"erased": before is not None}

    return {ERASE_JOB: erase_person}
