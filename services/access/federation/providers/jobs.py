"""Reading, every minute, the keys of the providers whose access tokens are taken."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from services.access.federation.providers import queries
from services.access.federation.remote.providers import RemoteProviders
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable


async def read_token_keys(uow: UnitOfWork) -> None:
    """Stores the keys that each of them publishes now. Those of one that is away stay, and count for ten minutes."""
    providers = await queries.giving_tokens(uow.connection)
    remote = RemoteProviders(AccessSettings())
    found = await asyncio.gather(*(_keys(remote, provider.issuer) for provider in providers))
    for provider, keys in zip(providers, found, strict=True):
        if keys is not None:
            await queries.store_keys(uow.connection, provider.id, keys, now())


async def _keys(remote: RemoteProviders, issuer: str) -> Sequence[Mapping[str, Any]] | None:
    try:
        return await remote.keys(issuer, None)
    except Unavailable:
        return None
