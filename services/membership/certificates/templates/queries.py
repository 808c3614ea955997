"""Reading templates of certificates: for offices over the whole installation."""

from sqlalchemy import bindparam, select

from services.membership.certificates.templates import domain
from services.membership.certificates.templates.record import CertificateTemplate
from services.membership.certificates.templates.tables import certificate_template
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant
from shared.records.listing import one_of, values
from shared.records.plain import by_whole, listing
from shared.records.rows import record_of

LISTING = listing(
    CertificateTemplate,
    certificate_template,
    domain.LIFECYCLE.states,
    by_whole(certificate_template, certificate_template.c.id),
    values("kind", certificate_template.c.kind, "Kinds of certificate, separated by commas", one_of(domain.KINDS)),
)
_IN_FORCE = select(certificate_template).where(
    certificate_template.c.kind == bindparam("kind"), certificate_template.c.status == constant("active")
)
_LOCK_IN_FORCE = Statement(_IN_FORCE.with_for_update())
_FIND_IN_FORCE = Lookup(_IN_FORCE.limit(1))
_FIND = Lookup(select(certificate_template).where(certificate_template.c.ref == bindparam("ref")).limit(1))


async def lock_in_force(connection: Connection, kind: str) -> CertificateTemplate | None:
    """The active template of a kind, locked."""
    return _read(await _LOCK_IN_FORCE.fetchrow(connection, kind=kind))


async def in_force(connection: Connection, kind: str) -> CertificateTemplate | None:
    """The active template of a kind, regardless of the caller."""
    return _read(await _FIND_IN_FORCE.fetchrow(connection, kind=kind))


async def template_of(connection: Connection, ref: str) -> CertificateTemplate | None:
    """The template with this ref, regardless of the caller."""
    return _read(await _FIND.fetchrow(connection, ref=ref))


def _read(row: Row | None) -> CertificateTemplate | None:
    return None if row is None else record_of(CertificateTemplate, row)
