"""Finding the certificate that a link is for, regardless of the caller."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.certificates.certificates.domain import LIVING
from services.membership.certificates.certificates.tables import certificate
from services.membership.certificates.links.tickets import file_link
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.records.access_scope import constant

_ABOUT = Lookup(
    select(certificate.c.id, certificate.c.code, certificate.c.status)
    .where(certificate.c.subject_id == bindparam("subject"))
    .order_by(certificate.c.status.in_([constant(status) for status in LIVING]).desc(), certificate.c.id.desc())
    .limit(1)
)


async def certificate_about(connection: Connection, subject: UUID) -> Row | None:
    """Id, code and state of the certificate about a record: the one in force, else the latest. None without any."""
    return await _ABOUT.fetchrow(connection, subject=subject)


async def link_of(
    connection: Connection, secret: bytes, subject: UUID, *, holds: bool
) -> Mapping[str, str | None] | None:
    """Code and state of the certificate about a record and, if it is issued, the address of its file, which ends after
    15 minutes; None without one. What it certifies `holds`, or it is about to be revoked."""
    row = await certificate_about(connection, subject)
    if row is None:
        return None
    status = row["status"] if holds or row["status"] not in LIVING else "revoked"
    return {
        "code": row["code"],
        "status": status,
        "pdf_url": file_link(secret, row["id"]) if status == "issued" else None,
    }
