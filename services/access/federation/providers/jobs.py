"""Reading, every minute, the keys of the providers whose access tokens are taken. Providers are asked while no
transaction is open."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from services.access.federation.providers import queries
from services.access.federation.remote.providers import RemoteProviders
from services.access.settings import AccessSettings
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer_once

READ_KEYS = "read_keys_of_providers"
_Keys: TypeAlias = Sequence[Mapping[str, Any]]


async def plan_reading(uow: UnitOfWork) -> None:
    """Enqueues the job if access tokens of any provider are taken."""
    if await queries.giving_tokens(uow.connection):
        defer_once(uow, "access", READ_KEYS, {})


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handler that reads the keys."""

    async def read(run: JobRun) -> None:
        found = await published(run.database, RemoteProviders(settings))
        async with run.unit_of_work() as uow:
            await store(uow, found)

    return {READ_KEYS: read}


async def published(database: Database, remote: RemoteProviders) -> Mapping[UUID, _Keys]:
    """The keys that each of the providers publishes now, by the provider's id, without those that are away."""
    async with database.acquire() as connection:
        providers = await queries.giving_tokens(connection)
    found = await asyncio.gather(*(_keys(remote, provider.issuer) for provider in providers))
    return {provider.id: keys for provider, keys in zip(providers, found, strict=True) if keys is not None}


async def store(uow: UnitOfWork, found: Mapping[UUID, _Keys]) -> None:
    """Stores the keys. Those of a provider that is away stay, and count for ten minutes."""
    for provider, keys in found.items():
        await queries.store_keys(uow.connection, provider, keys, now())


async def _keys(remote: RemoteProviders, issuer: str) -> _Keys | None:
    try:
        return await remote.keys(issuer, None)
    except Unavailable:
        return None
