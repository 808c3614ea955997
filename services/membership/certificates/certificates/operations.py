"""Writing certificates: one function per verb, and the ends that the schedule and an erasure bring."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.certificates.certificates import codes, domain, queries
from services.membership.certificates.certificates.holders import (
    Holder,
    has_reviewed,
    holder_of,
    require_holder,
    require_subject,
)
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.tables import certificate
from services.membership.certificates.templates.queries import in_force
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, NotFound, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of, with_columns

_AT_ONCE = 500
_COMMON = (
    "kind", *domain.HOLDERS, "subject_resource", "subject_id", "subject_year", "language", "valid_to",
)  # fmt: skip
"""What a certificate has in common with the one that it replaces."""


class _Certificates(ResourceType[Certificate, domain.CertificateGuardContext]):
    """Certificates, of which those of an expert describe a person."""

    def person_of(self, row: Mapping[str, object]) -> UUID | None:
        expert = row[domain.EXPERT]
        return expert if isinstance(expert, UUID) else None


CERTIFICATES = _Certificates(Certificate.resource_type, Certificate, certificate, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Certificate) -> Certificate:
    """Issues a certificate; without a language, in the holder's. Without `valid_to`, a membership or designation is
    valid to the end of its term.

    Raises Invalid for an unknown holder, a holder or subject that the kind does not have, a support, participation or
    report that is not the holder's, and a last day that has passed; Forbidden outside the caller's grant; Conflict if
    the holder is not active or restricted.
    """
    named, key = domain.holder_in(new)
    domain.check(new)
    holder = await require_holder(uow.connection, access, named, key, columns_of(new).get("language"))
    await require_subject(uow.connection, new.subject_resource, new.subject_id, key)
    if holder.is_restricted:
        raise Conflict("The record is restricted.", members={"reason": "is_restricted"})
    if domain.KINDS[new.kind].is_holder:
        if holder.status not in domain.ACTIVE:
            raise Conflict("The holder is not active.", members={"reason": "holder_not_active"})
        new = with_columns(new, {"valid_to": new.valid_to or holder.ends})
    if new.subject_year is not None and not await has_reviewed(uow.connection, key, new.subject_year):
        raise invalid_field("/subject/year", "unknown_reference", "The expert has entered no review in this year.")
    if new.valid_to is not None and new.valid_to < today():
        raise invalid_field("/valid_to", "out_of_range", "Today or later.")
    return await issue(uow, new, holder)


async def issue(uow: UnitOfWork, new: Certificate, holder: Holder) -> Certificate:
    """Inserts a certificate with a new code, and the name and language of the holder that was looked up for it."""
    template = await in_force(uow.connection, new.kind)
    placed = {
        "country": holder.country,
        "visibility": "restricted",
        "status": "issued",
        "holder_key": domain.holder_in(new)[1],
        "holder_name": holder.name,
        "search_key": search_key(holder.name),
        "language": holder.language,
        "name_differs": False,
        "code": codes.new_code(),
        "template_version": template and template.ref,
    }
    return await CERTIFICATES.insert(uow, with_columns(new, placed))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Certificate, requested: TransitionRequest
) -> Certificate:
    """Applies one transition. `replace` issues the successor in the same transaction.

    Raises what `Lifecycle.advance` raises, Invalid without the category of a revocation, and Conflict for a replacement
    that would differ in neither name nor language.
    """
    may = permitted(access, before)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    successor, holder = None, None
    if requested.action == "replace" and may("replace"):
        successor = successor_of(before, given(requested.fields, "language", str))
        holder = await holder_of(uow.connection, *domain.holder_in(before), successor.language)
        if holder is None:
            raise NotFound("The holder does not exist any more.")
        if before.status == "issued" and (holder.name, successor.language) == (before.holder_name, before.language):
            detail = "Neither the holder's name nor the language differs."
            raise Conflict(detail, members={"reason": "not_changed"})

    def effects(_target: str) -> Certificate:
        if requested.action == "replace":
            return replace(before, replaced_by=successor.id if successor else None)
        if requested.action == "revoke":
            return replace(before, revoked_for=_category(requested.fields), suspended_by=None)
        return replace(before, suspended_by=domain.OFFICE if requested.action == "suspend" else None)

    after = await CERTIFICATES.apply_transition(uow, before, requested, guard_context, may, effects)
    if successor is not None and holder is not None:
        await issue(uow, successor, holder)
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Certificate, _fields: Fields
) -> domain.CertificateGuardContext:
    """Loads the inputs of the guards for this certificate."""
    if record.status != "suspended" or not domain.KINDS[record.kind].is_holder:
        return domain.CertificateGuardContext(is_holder_suspended=False)
    async with connect() as connection:
        holder = await holder_of(connection, *domain.holder_in(record), record.language)
    return domain.CertificateGuardContext(is_holder_suspended=holder is not None and holder.status == "suspended")


async def end_with_experts(uow: UnitOfWork, experts: Sequence[UUID]) -> None:
    """Revokes the certificates of experts who are being erased."""
    await revoke(uow, await queries.lock_living(uow.connection, experts))


async def revoke(uow: UnitOfWork, living: Sequence[Certificate]) -> None:
    """Revokes locked certificates in force because what they certify no longer holds."""
    for before in living:
        ended = replace(before, revoked_for=domain.WITHDRAWN, suspended_by=None)
        await CERTIFICATES.apply_scheduled(uow, before, "revoke", ended)


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Ends certificates whose last day has passed; at most 500 at once."""
    for before in await queries.lock_over(uow.connection, today(), _AT_ONCE):
        await CERTIFICATES.apply_scheduled(uow, before, "expire", replace(before, suspended_by=None))


def successor_of(before: Certificate, language: str | None) -> Certificate:
    """A certificate of the same, which is not issued yet: in this language, by default the same one."""
    common = {name: getattr(before, name) for name in _COMMON}
    return CERTIFICATES.new({**common, "language": language or before.language})


def _category(fields: Fields) -> str:
    category = given(fields, "category", str)
    if category is None:
        raise invalid_field("/fields/category", "required", "The category of the revocation.")
    return category
