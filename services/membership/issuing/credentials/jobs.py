"""The scheduled rotation of keys."""

from services.membership.issuing.credentials.signing import SigningKeyStore
from services.membership.settings import MembershipSettings
from shared.database.unit_of_work import UnitOfWork


async def rotate_credential_keys(uow: UnitOfWork) -> None:
    """Publishes a successor before a key ends, and deletes the private parts of keys that no longer sign."""
    await SigningKeyStore(MembershipSettings()).rotate(uow)
