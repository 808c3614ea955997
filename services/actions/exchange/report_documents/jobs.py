"""The job that prints a report for whoever ordered it."""

import io
from typing import Any
from uuid import UUID

from services.actions.access import ROLES
from services.actions.exchange.printed_documents.operations import pdf_of
from services.actions.exchange.report_documents.operations import PRINT_REPORT_JOB
from services.actions.exchange.report_documents.printing import LAYOUTS, document
from services.actions.exchange.report_documents.queries import known_report
from services.actions.reporting.reports.operations import REPORTS, is_by_delegation, not_delegated
from shared.bulk.creators import principal_of
from shared.bulk.exporting import export_of, finish_export
from shared.bulk.store import files_of
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.kernel.errors import Conflict, NotFound
from shared.messaging.job_run import JobHandlers, JobRun
from shared.printing.document import Unprintable
from shared.records.access_scope import access_scope_for


def report_jobs(settings: Settings) -> JobHandlers:
    """The handler of the job; files are stored with those of exports."""
    store, origin = files_of(settings), settings.issuer.rstrip("/")

    async def handle(run: JobRun) -> dict[str, Any]:
        export = await export_of(run)
        principal = await principal_of(run.database, run.created_by)
        access, key = access_scope_for(principal, ROLES, REPORTS.resource), UUID(export["filters"]["report"])
        async with snapshot(run.database, SYSTEM_CONTEXT) as connection:
            found = await known_report(connection, principal, access, key)
        if found is None:
            raise NotFound("You no longer have access to this report.")
        if is_by_delegation(access, "read", found.country, key):
            raise not_delegated()
        try:
            pdf = await pdf_of(document(found, export["filters"]["language"], origin), LAYOUTS)
        except Unprintable as error:
            raise Conflict(error.reason, code="not_printable") from None
        return await finish_export(run, export, 1, await store.put(io.BytesIO(pdf)))

    return {PRINT_REPORT_JOB: handle}
