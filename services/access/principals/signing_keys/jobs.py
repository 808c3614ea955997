"""Scheduled rotation of signing keys."""

from services.access.principals.signing_keys.operations import SigningKeyStore
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork


async def rotate_signing_keys(uow: UnitOfWork) -> None:
    """Publishes a successor on the last day of a key."""
    await SigningKeyStore(AccessSettings()).rotate_in_time(uow)
