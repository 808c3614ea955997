"""Issuing and revoking the certificates of a support, a participation, a progress report or a contribution to the
Global Report, as the record is now."""

from uuid import UUID

from services.membership.certificates.certificates import domain
from services.membership.certificates.certificates.holders import holder_of
from services.membership.certificates.certificates.operations import CERTIFICATES, issue, revoke
from services.membership.certificates.certificates.queries import lock_certifying
from services.membership.certificates.certificates.record import Certificate
from services.membership.issuing.causes import queries
from services.membership.register.claims.queries import merge_target
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork

SUPPORT, PARTICIPATION, AUTHORSHIP = "support", "participation", "authorship"


async def follow_support(uow: UnitOfWork, support: UUID) -> bool:
    """The certificate of a support follows its state. Returns whether it was issued."""
    return await follow_cause(uow, SUPPORT, support)


async def follow_participation(uow: UnitOfWork, participation: UUID) -> bool:
    """The same for a participation."""
    return await follow_cause(uow, PARTICIPATION, participation)


async def follow_report(uow: UnitOfWork, report: UUID) -> None:
    """The certificates of who contributed to a progress report follow its state."""
    await _follow_written(uow, domain.REPORTS, report)


async def follow_contribution(uow: UnitOfWork, contribution: UUID) -> None:
    """The same for the authors of a contribution to the Global Report."""
    await _follow_written(uow, domain.CONTRIBUTIONS, contribution)


async def _follow_written(uow: UnitOfWork, resource: str, key: UUID) -> None:
    """Issues a certificate of authorship to each expert who wrote what is published, or revokes those about what is not
    published any more. Experts and holders are those into whom they were merged."""
    await lock_names(uow.connection, f"certificate {key}")
    authors = await queries.authors(uow.connection, resource, key)
    living = await lock_certifying(uow.connection, AUTHORSHIP, key)
    if authors is None:
        await revoke(uow, living)
        return
    held = {await merge_target(uow.connection, one.holder_key) for one in living}
    for expert in sorted({await merge_target(uow.connection, author) for author in authors} - held):
        await _issue(uow, AUTHORSHIP, resource, key, domain.EXPERT, expert)


async def follow_written_by(uow: UnitOfWork, expert: UUID) -> None:
    """The same for all that is published of an expert."""
    for resource in domain.WRITTEN:
        for key in await queries.written_by(uow.connection, resource, expert):
            await _follow_written(uow, resource, key)


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
    named, (subject,) = holder_in(row), domain.KINDS[kind].subjects
    made = await _issue(uow, kind, subject, key, named, row[named], language or row["language"])
    if made is not None and kind == SUPPORT:
        await queries.set_certificate(uow.connection, key, made.id)
    return made is not None


def holder_in(row: Row) -> str:
    """The field that names the holder of a certificate about a record."""
    return domain.EXPERT if row["expert_id"] is not None else domain.INSTITUTION


async def _issue(
    uow: UnitOfWork, kind: str, resource: str, subject: UUID, named: str, key: UUID, language: str | None = None
) -> Certificate | None:
    """Issues a certificate about a record to the holder in the field `named`, unless it may have none."""
    holder = await holder_of(uow.connection, named, key, language)
    if holder is None or not holder.is_present or holder.is_restricted:
        return None
    about = {"subject_resource": resource, "subject_id": subject}
    return await issue(uow, CERTIFICATES.new({"kind": kind, named: key, **about}), holder)
