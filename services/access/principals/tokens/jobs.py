"""Scheduled deletion of what tokens leave."""

from datetime import timedelta

from services.access.principals.codes import queries as codes
from services.access.principals.codes.domain import RETENTION
from services.access.principals.devices import domain as devices_domain
from services.access.principals.devices import queries as devices
from services.access.principals.signing_keys import queries as signing_keys
from services.access.principals.tokens import queries
from services.access.principals.tokens.domain import FORGOTTEN_AFTER
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def delete_expired(uow: UnitOfWork) -> None:
    """Deletes expired revocations, used assertions, codes, also those of devices, and signing keys, and failed logins
    that no longer count."""
    await queries.delete_expired(uow.connection, now(), now() - timedelta(seconds=FORGOTTEN_AFTER))
    await signing_keys.delete_over(uow.connection, now())
    await codes.delete_expired(uow.connection, now() - RETENTION)
    await devices.delete_expired(uow.connection, now() - devices_domain.RETENTION)
