"""Ends the roles of offices whose record is no longer stored."""

from sqlalchemy import Text, and_, cast, func, or_, select

from services.access.authority.grants.operations import end_delegated, revoke
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from shared.contracts import views
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM
from shared.records.rows import records_of

_SOURCES = {
    "seat": views.SEATS,
    "focal point": views.FOCAL_POINTS,
    "centre": views.CENTRES,
    "reviewer": views.REVIEWERS,
    "panel": views.PANELS,
    "evaluation": views.EVALUATION_PANELS,
    "delegation": views.DELEGATIONS,
    "expert": views.EXPERTS,
}
"""What the system names as the reason of a role, before the id of the record."""
_WITHOUT_SOURCE = Statement(
    select(grant)
    .where(
        grant.c.created_by == SYSTEM.label,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
        or_(
            *(
                and_(
                    grant.c.reason.startswith(f"{name} "),
                    ~select(source.c.id).where(cast(source.c.id, Text) == func.right(grant.c.reason, 36)).exists(),
                )
                for name, source in _SOURCES.items()
            )
        ),
    )
    .order_by(grant.c.id)
    .with_for_update()
)


async def end_without_source(uow: UnitOfWork) -> None:
    """Ends the roles of offices whose record is no longer stored."""
    for before in records_of(Grant, await _WITHOUT_SOURCE.fetch(uow.connection)):
        await revoke(uow, before, before.reason or "")
        await end_delegated(uow, before.id)
