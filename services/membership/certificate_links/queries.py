"""Finding the certificate that a link is for, regardless of the caller."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.certificate_links.tickets import file_link
from services.membership.certificates.domain import LIVING
from services.membership.certificates.tables import certificate
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant

_ABOUT = Lookup(
    select(certificate.c.id, certificate.c.code)
    .where(
        certificate.c.subject_id == bindparam("subject"),
        certificate.c.status.in_([constant(status) for status in LIVING]),
    )
    .limit(1)
)


async def link_of(connection: Connection, secret: bytes, subject: UUID) -> Mapping[str, str] | None:
    """The code of the certificate in force about a record, and the address of its file, which ends after 15 minutes;
    None without one."""
    row = await _ABOUT.fetchrow(connection, subject=subject)
    return None if row is None else {"code": row["code"], "pdf_url": file_link(secret, row["id"])}
