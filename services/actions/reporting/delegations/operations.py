"""Writing delegations. The callers lock the report first."""

from dataclasses import replace
from uuid import UUID

from services.actions.reporting.delegations import queries
from services.actions.reporting.delegations.domain import LIFECYCLE
from services.actions.reporting.delegations.record import Delegation
from services.actions.reporting.delegations.tables import delegation
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import unknown_reference
from shared.records.resource_type import ResourceType

DELEGATIONS: ResourceType[Delegation, None] = ResourceType.of(Delegation, delegation, LIFECYCLE)


async def create(uow: UnitOfWork, report: UUID, country: str, new: Delegation) -> Delegation:
    """Delegates sections of a locked report. Raises Invalid for an account that is unknown or not active."""
    if not await queries.is_account(uow.connection, new.account_id):
        raise unknown_reference("/account_id", "active account")
    placed = replace(new, report_id=report, country=country, visibility="restricted", status="active")
    return await DELEGATIONS.insert(uow, placed)


async def end_with_report(uow: UnitOfWork, report: UUID) -> None:
    """Ends the active delegations of a report that nobody writes any more."""
    for before in await queries.lock_active(uow.connection, report):
        await DELEGATIONS.apply_scheduled(uow, before, "end_with_report")
