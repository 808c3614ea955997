"""A published report as a kind of printed document."""

from services.actions.printed_documents.domain import DocumentKey
from services.actions.printed_documents.operations import DocumentKind
from services.actions.report_documents.printing import LAYOUTS, document
from services.actions.report_documents.queries import published_report
from shared.database.statements import Connection
from shared.open_data.domain import site_of
from shared.printing.document import Document

REPORT = "report"


def report_kind(issuer: str) -> DocumentKind:
    """The kind of document whose subject is the number of a report. `issuer` is the address of the installation."""

    async def load(connection: Connection, key: DocumentKey) -> Document | None:
        found = await published_report(connection, key.subject)
        return None if found is None else document(found, key.language, site_of(issuer).origin)

    return DocumentKind(LAYOUTS, load)
