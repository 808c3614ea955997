"""Writing targets: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.subjects.operations import (
    active_indicator,
    period_of,
    require_known_parts,
    stored_indicator,
    with_country,
)
from services.actions.measurement.subjects.record import Subject
from services.actions.measurement.targets import domain, queries
from services.actions.measurement.targets.record import Target
from services.actions.measurement.targets.tables import target
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Invalid
from shared.records.access_scope import AccessScope
from shared.records.requirements import require, require_publishing, require_visibility_change
from shared.records.resource_type import ResourceType

TARGETS: ResourceType[Target, None] = ResourceType.of(Target, target, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Target) -> Target:
    """Inserts a target.

    Raises Invalid for an unknown subject, indicator or period and for a value that is not one of the indicator,
    Conflict for a second target of the same subject and period.
    """
    placed = await with_country(uow, access, new)
    require(access, "create", placed.country)
    require_publishing(access, placed.visibility, placed.country)
    indicator = await active_indicator(uow, access, placed)
    await period_of(uow, placed.period_id, indicator)
    _require_sound(placed, indicator)
    await require_known_parts(uow, indicator, placed.breakdown)
    return await TARGETS.insert(uow, replace(placed, status=domain.CURRENT))


async def update(uow: UnitOfWork, access: AccessScope, before: Target, wanted: Target) -> Target:
    """Updates the target; its indicator, subject and period stay. Raises as `create` does."""
    require_visibility_change(access, before, wanted)
    indicator = await stored_indicator(uow, before)
    _require_sound(wanted, indicator)
    await require_known_parts(uow, indicator, wanted.breakdown, before.breakdown)
    return await TARGETS.update(uow, before, wanted)


async def show_with_result(uow: UnitOfWork, published: Subject, period_id: UUID | None) -> None:
    """Shows the target of a subject and period to whoever sees its published result. Never hides it."""
    found = await queries.of_subject(uow.connection, published, period_id) if period_id else None
    if found is None:
        return
    before = await TARGETS.lock(uow, found)
    shown = max(before.visibility, published.visibility, key=("restricted", "network", "public").index)
    await TARGETS.update(uow, before, replace(before, visibility=shown))


def _require_sound(record: Target, indicator: Indicator) -> None:
    if faults := list(domain.faults(record, indicator)):
        raise Invalid("Not a target of this indicator; see errors.", errors=faults)
