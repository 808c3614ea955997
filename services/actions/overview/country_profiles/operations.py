"""The profile of a country as a kind of printed document."""

from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.operations import DocumentKind
from services.actions.overview.country_profiles.printing import LAYOUTS, document
from services.actions.overview.country_profiles.queries import profile_of
from shared.database.statements import Connection
from shared.kernel.countries import known_codes
from shared.printing.document import Document

PROFILE = "country_profile"


def profile_kind(issuer: str) -> DocumentKind:
    """The kind of document whose subject is the code of a country. `issuer` is the address of the installation."""

    async def load(connection: Connection, key: DocumentKey) -> Document | None:
        if key.subject not in known_codes(fictional=True):
            return None
        return document(await profile_of(connection, key.subject), key.language, issuer.rstrip("/"))

    return DocumentKind(LAYOUTS, load)
