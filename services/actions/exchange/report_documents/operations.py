"""A published report as a kind of printed document, and the order of a report for its reader."""

from uuid import UUID

from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.operations import DocumentKind
from services.actions.exchange.report_documents.printing import LAYOUTS, document
from services.actions.exchange.report_documents.queries import public_report
from services.actions.reporting.reports.operations import REPORTS, is_by_delegation, not_delegated
from shared.bulk.exporting import ExportWish, enter_export
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.printing.document import Document
from shared.records.access_scope import AccessScope

REPORT = "report"
PRINT_REPORT_JOB = "print_report"


def report_kind(issuer: str) -> DocumentKind:
    """The kind of document whose subject is the number of a report. `issuer` is the address of the installation."""

    async def load(connection: Connection, key: DocumentKey) -> Document | None:
        found = await public_report(connection, key.subject)
        return None if found is None else document(found, key.language, issuer.rstrip("/"))

    return DocumentKind(LAYOUTS, load)


async def order_pdf(uow: UnitOfWork, access: AccessScope, country: str, key: UUID, language: str) -> UUID:
    """Assigns a report that the caller may know of to the worker, which prints it as the caller may know it then.
    Returns the job's id. Raises Forbidden `not_delegated` for whom sections are delegated to."""
    if is_by_delegation(access, "read", country, key):
        raise not_delegated()
    wish = ExportWish("pdf", {"report": str(key), "language": language}, (), safe=True)
    return await enter_export(uow, "actions", REPORTS.resource.plural, wish, PRINT_REPORT_JOB, bulk=False)
