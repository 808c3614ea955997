"""The schedule of break-glass."""

from services.access.signing_in.break_glass.operations import close
from shared.database.unit_of_work import UnitOfWork


async def close_break_glass(uow: UnitOfWork) -> None:
    """Suspends the account once its session is over."""
    await close(uow)
