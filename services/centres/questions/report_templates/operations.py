"""Writing templates of reports: one function per verb."""

from dataclasses import replace

from services.centres.questions.report_templates import domain, queries
from services.centres.questions.report_templates.record import ReportTemplate
from services.centres.questions.report_templates.tables import report_template
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict
from shared.questionnaires.template import require_sound
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

TEMPLATES: ResourceType[ReportTemplate, None] = ResourceType.of(ReportTemplate, report_template, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: ReportTemplate) -> ReportTemplate:
    """Inserts a draft. Raises Forbidden without the permission, Invalid for questions that do not fit together."""
    require(access, "create", None)
    await _require_sound(uow.connection, new)
    placed = replace(new, status="draft", visibility="restricted")
    return await TEMPLATES.insert(uow, placed)


async def update(
    uow: UnitOfWork, _access: AccessScope, before: ReportTemplate, wanted: ReportTemplate
) -> ReportTemplate:
    """Updates a draft. Raises Conflict for another template, Invalid for questions that do not fit together."""
    if wanted != before and before.status != "draft":
        raise Conflict("Reports may have these questions: make another version.")
    await _require_sound(uow.connection, wanted)
    return await TEMPLATES.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: ReportTemplate, requested: TransitionRequest
) -> ReportTemplate:
    """Applies one transition. `activate` retires the active template of the kind in the same transaction, and makes
    this one visible to the network. Raises what `Lifecycle.advance` raises, and Invalid if a question is the same as
    one that the version before lacks."""
    may, shown = permitted(access, before), before
    if requested.action == "activate" and before.status == "draft" and may("activate"):
        await lock_names(uow.connection, f"report_templates.{before.kind}")
        await _require_sound(uow.connection, before)
        in_force = await queries.lock_active(uow.connection, before.kind)
        if in_force is not None:
            await TEMPLATES.apply_scheduled(uow, in_force, "supersede")
        shown = replace(before, visibility="network")
    return await TEMPLATES.apply_transition(uow, before, requested, None, may, lambda _target: shown)


async def _require_sound(connection: Connection, template: ReportTemplate) -> None:
    earlier = await queries.active(connection, template.kind)
    require_sound(template.sections, earlier.sections if earlier else None)
