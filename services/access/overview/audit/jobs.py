"""Verification of the audit trail."""

from shared.audit.watching import watch
from shared.database.unit_of_work import UnitOfWork


async def verify_trail(uow: UnitOfWork) -> None:
    """Verifies the entries sealed since the last run, and a part of the older ones. A fault is logged and counted, and
    found again in every run; it causes no retry."""
    await watch(uow.connection)
