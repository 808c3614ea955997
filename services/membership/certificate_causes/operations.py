"""Issuing and revoking the certificate of a support or participation, as the record is now."""

from uuid import UUID

from services.membership.certificate_causes import queries
from services.membership.certificates import domain
from services.membership.certificates.holders import holder_of
from services.membership.certificates.operations import CERTIFICATES, issue, revoke
from services.membership.certificates.queries import lock_certifying
from services.membership.certificates.record import Certificate
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork

SUPPORT, PARTICIPATION = "support", "participation"


async def follow_support(uow: UnitOfWork, support: UUID) -> bool:
    """The certificate of a support follows its state. Returns whether it was issued."""
    return await follow_cause(uow, SUPPORT, support)


async def follow_participation(uow: UnitOfWork, participation: UUID) -> bool:
    """The same for a participation."""
    return await follow_cause(uow, PARTICIPATION, participation)


async def follow_cause(uow: UnitOfWork, kind: str, key: UUID, language: str | None = None) -> bool:
    """Issues the certificate about a record, in this language or else the holder's, or revokes it because what it
    certifies no longer holds. Returns whether it was issued. Reads the record under a lock, so that late, early and
    repeated facts do no harm."""
    await lock_names(uow.connection, f"certificate {key}")
    row = await queries.cause(uow.connection, kind, key)
    living = await lock_certifying(uow.connection, kind, key)
    if row is None or not row["holds"]:
        await revoke(uow, living)
        return False
    if living or not row["is_certified"]:
        return False
    made = await _issue(uow, kind, key, row, language)
    if made is not None and kind == SUPPORT:
        await queries.set_certificate(uow.connection, key, made.id)
    return made is not None


def holder_in(row: Row) -> str:
    """The field that names the holder of a certificate about a record."""
    return domain.EXPERT if row["expert_id"] is not None else domain.INSTITUTION


async def _issue(uow: UnitOfWork, kind: str, key: UUID, row: Row, language: str | None) -> Certificate | None:
    named = holder_in(row)
    holder = await holder_of(uow.connection, named, row[named], language or row["language"])
    if holder is None or not holder.is_present or holder.is_restricted:
        return None
    subject = {"subject_resource": domain.KINDS[kind].subject, "subject_id": key}
    return await issue(uow, CERTIFICATES.new({"kind": kind, named: row[named], **subject}), holder)
