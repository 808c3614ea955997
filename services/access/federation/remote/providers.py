"""What is read from identity providers over the network, within bounds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from services.access.federation.remote import domain
from services.access.federation.remote.domain import Discovery, Unusable
from shared.configuration.settings import Settings
from shared.egress.client import Egress
from shared.egress.sender import destinations
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable

KEPT = timedelta(minutes=10)
"""How long the documents of a provider are used."""
AGAIN = timedelta(minutes=1)
"""How long after its keys were read an unknown `kid` does not read them again."""
SECONDS, LONGEST = 5.0, 256 << 10
"""Seconds for a response of a provider, and bytes of it."""
_MOST_KEYS = 100
_RETRY_AFTER = 30


@dataclass(frozen=True, slots=True)
class _Read:
    document: Any
    discovery: Discovery
    keys: Sequence[Mapping[str, Any]]
    at: datetime


class RemoteProviders:
    """The discovery documents and keys of providers, by issuer. One per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._destinations = destinations(settings)
        self._read: dict[str, _Read] = {}

    def is_usable(self, address: str) -> bool:
        """Whether an address is one that may be opened, as far as it says it."""
        return self._destinations.fault_of(address) is None

    async def test(self, issuer: str, auth: str) -> None:
        """Reads the documents anew. Raises Unusable for a provider that cannot be used, and Unavailable."""
        found = await self._fetched(issuer)
        domain.require_authentication(found.document, auth)
        if not found.keys:
            raise Unusable("The provider publishes no keys.")

    async def discovery(self, issuer: str) -> Discovery:
        """The endpoints. Raises Unavailable, also for a document that cannot be used."""
        return (await self._known(issuer)).discovery

    async def keys(self, issuer: str, kid: str | None) -> Sequence[Mapping[str, Any]]:
        """The keys. For a `kid` that is not among them they are read anew, at most once a minute."""
        found = await self._known(issuer)
        is_known = kid is None or any(key.get("kid") == kid for key in found.keys)
        if not is_known and now() - found.at >= AGAIN:
            found = await self._usable(issuer)
        return found.keys

    async def exchange(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, Any]:
        """The response of a token endpoint. Raises Unusable if the provider refuses the code, and Unavailable."""
        with _answering():
            reply = await self._egress(address).post(address, form, headers)
            if reply.status >= 500 or reply.status in (408, 429):
                raise unreachable()
            content = reply.json()
        if not isinstance(content, dict) or reply.status != 200:
            named = str(content.get("error", "")) if isinstance(content, dict) else ""
            error = named if len(named) <= 60 and named.isidentifier() else "no error"
            raise Unusable(f"The provider refuses the code: {error}.")
        return content

    async def _known(self, issuer: str) -> _Read:
        found = self._read.get(issuer)
        return found if found is not None and now() - found.at < KEPT else await self._usable(issuer)

    async def _usable(self, issuer: str) -> _Read:
        try:
            return await self._fetched(issuer)
        except Unusable:
            raise unreachable() from None

    async def _fetched(self, issuer: str) -> _Read:
        document = await self._get(f"{issuer.rstrip('/')}{domain.DOCUMENT}")
        discovery = domain.read(document, issuer)
        endpoints = (discovery.authorization_endpoint, discovery.token_endpoint, discovery.jwks_uri)
        if not all(map(self.is_usable, endpoints)):
            raise Unusable("An endpoint is no https address of a public host.")
        content = await self._get(discovery.jwks_uri)
        keys = content.get("keys") if isinstance(content, dict) else None
        listed = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        self._read[issuer] = found = _Read(document, discovery, listed[:_MOST_KEYS], now())
        return found

    async def _get(self, address: str) -> Any:
        with _answering():
            reply = await self._egress(address).get(address)
            if reply.status != 200:
                raise unreachable()
            return reply.json()

    def _egress(self, address: str) -> Egress:
        if not self.is_usable(address):
            raise unreachable()
        parts = urlsplit(address)
        return Egress(self._settings, [f"{parts.scheme}://{parts.netloc}"], seconds=SECONDS, longest=LONGEST)


def unreachable() -> Unavailable:
    """The error for a provider that does not respond as it should."""
    detail = "The identity provider does not respond as it should."
    return Unavailable(detail, code="provider_unreachable", retry_after=_RETRY_AFTER)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except Unavailable:
        raise unreachable() from None
