"""Looking after the audit trail."""

from shared.audit.watching import watch
from shared.database.unit_of_work import UnitOfWork


async def verify_trail(uow: UnitOfWork) -> None:
    """Verifies what was sealed since the last time, and a part of what is older. A fault is logged and counted, and
    found again every time: it is not tried anew as a failure would be."""
    await watch(uow.connection)
