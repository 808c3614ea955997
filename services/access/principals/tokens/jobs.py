"""Scheduled rotation and deletion of keys and tokens."""

from datetime import timedelta

from services.access.principals.codes import queries as codes
from services.access.principals.codes.domain import RETENTION
from services.access.principals.tokens import queries
from services.access.principals.tokens.domain import FORGOTTEN_AFTER
from services.access.principals.tokens.signing import SigningKeyStore
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def rotate_signing_keys(uow: UnitOfWork) -> None:
    """Publishes a successor on the last day of a key, and deletes keys that verify no valid token."""
    await SigningKeyStore(AccessSettings()).rotate(uow)


async def delete_expired(uow: UnitOfWork) -> None:
    """Deletes expired revocations, used assertions and codes, and failed logins that no longer count."""
    await queries.delete_expired(uow.connection, now(), now() - timedelta(seconds=FORGOTTEN_AFTER))
    await codes.delete_expired(uow.connection, now() - RETENTION)
