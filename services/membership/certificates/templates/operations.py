"""Writing templates of certificates: one function per verb."""

from dataclasses import replace

from services.membership.certificates.templates import domain, queries
from services.membership.certificates.templates.record import CertificateTemplate
from services.membership.certificates.templates.tables import certificate_template
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

TEMPLATES: ResourceType[CertificateTemplate, None] = ResourceType.of(
    CertificateTemplate, certificate_template, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: CertificateTemplate) -> CertificateTemplate:
    """Inserts a draft. Raises Forbidden without the permission, Invalid for wording that its kind does not take."""
    require(access, "create", None)
    domain.check(new)
    return await TEMPLATES.insert(uow, replace(new, status="draft", visibility="restricted"))


async def update(
    uow: UnitOfWork, _access: AccessScope, before: CertificateTemplate, wanted: CertificateTemplate
) -> CertificateTemplate:
    """Updates a draft. Raises Conflict for another template, Invalid for wording that its kind does not take."""
    if wanted != before and before.status != "draft":
        raise Conflict("Certificates may have this wording: make another template.")
    domain.check(wanted)
    return await TEMPLATES.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: CertificateTemplate, requested: TransitionRequest
) -> CertificateTemplate:
    """Applies one transition. `activate` retires the active template of the kind in the same transaction. Raises what
    `Lifecycle.advance` raises."""
    may = permitted(access, before)
    if requested.action == "activate" and before.status == "draft" and may("activate"):
        await lock_names(uow.connection, f"certificate_templates.{before.kind}")
        in_force = await queries.lock_in_force(uow.connection, before.kind)
        if in_force is not None:
            await TEMPLATES.apply_scheduled(uow, in_force, "supersede")
    return await TEMPLATES.apply_transition(uow, before, requested, None, may)
