"""Writing indicators: one function per verb."""

from collections.abc import Sequence
from dataclasses import replace

from services.actions.classification.codes.operations import require_known_codes
from services.actions.classification.schemes.record import Tag
from services.actions.measurement.indicators import domain, queries
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.plan.frameworks.queries import is_known
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, pointer_to, unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.record import written_fields
from shared.records.references import require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

INDICATORS: ResourceType[Indicator, None] = ResourceType.of(Indicator, indicator, domain.LIFECYCLE)


async def copy(uow: UnitOfWork, access: AccessScope, wanted: Indicator, country: str, code: str | None) -> Indicator:
    """Inserts a national draft from an active indicator of a framework. `wanted` is that indicator with the changes;
    without a code the copy has the same one.

    Raises as `create` does, Conflict `indicator_not_active` unless it is an active indicator of a framework.
    """
    require(access, "create", country)
    template = await queries.lock_shared(uow.connection, wanted.id)
    if template is None or template.framework is None or template.status != "active":
        raise Conflict("Only active indicators of a framework are copied.", code="indicator_not_active")
    written = {name: getattr(wanted, name) for name in written_fields(Indicator)}
    place = {"framework": None, "country": country, "code": code or template.code, "template_id": template.id}
    return await _insert(uow, access, INDICATORS.new({**written, **place}), template.codes)


async def create(uow: UnitOfWork, access: AccessScope, new: Indicator) -> Indicator:
    """Inserts a draft, which only grants that cover it see.

    Raises Invalid for an unknown framework, replaced indicator or code of a scheme, or for fields that do not fit
    together; Conflict if the code is taken.
    """
    return await _insert(uow, access, new, ())


async def _insert(uow: UnitOfWork, access: AccessScope, new: Indicator, known: Sequence[Tag]) -> Indicator:
    """`known` are codes that are not checked."""
    _require_sound(new)
    require(access, "create", new.country)
    await require_known_codes(uow, "codes", new.codes, known)
    if new.framework is not None and not await is_known(uow.connection, new.framework):
        raise unknown_reference("/framework", "framework")
    await _require_replaced(uow, access, new)
    return await INDICATORS.insert(uow, replace(new, status="draft", visibility="restricted"))


async def update(uow: UnitOfWork, access: AccessScope, before: Indicator, wanted: Indicator) -> Indicator:
    """Updates the indicator; its code, framework and country stay. Raises as `create` does, and Conflict
    `indicator_in_use` for a change on which targets or results depend."""
    _require_sound(wanted)
    await require_known_codes(uow, "codes", wanted.codes, before.codes)
    frozen = domain.frozen_changes(before, wanted)
    if frozen and await queries.is_used(uow.connection, before.id):
        detail = "Targets or results depend on it."
        errors = [FieldError("indicator_in_use", detail, pointer=pointer_to(name)) for name in frozen]
        raise Conflict("The indicator is in use.", code="indicator_in_use", errors=errors)
    if wanted.replaces_id != before.replaces_id:
        await _require_replaced(uow, access, wanted)
    return await INDICATORS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Indicator, requested: TransitionRequest
) -> Indicator:
    """Applies one transition; an active indicator is seen by others. Raises what `Lifecycle.advance` raises."""
    shown = replace(before, visibility=domain.visibility_of(before))
    may = permitted(access, before)
    return await INDICATORS.apply_transition(uow, before, requested, None, may, lambda _target: shown)


def _require_sound(record: Indicator) -> None:
    if faults := domain.faults(record):
        raise Invalid("Fields do not fit together; see errors.", errors=faults)


async def _require_replaced(uow: UnitOfWork, access: AccessScope, record: Indicator) -> None:
    if record.replaces_id is not None:
        found = await queries.get(uow.connection, record.replaces_id)
        require_known(access.principal, found, Indicator.resource_type, domain.PUBLISHED, "/replaces_id")
