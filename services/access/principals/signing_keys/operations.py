"""Making, rotating and revoking signing keys. Each writes its rows, one audit entry and one fact a row."""

from dataclasses import replace
from datetime import datetime, timedelta

from joserfc.jwk import ECKey

from services.access.principals.signing_keys import domain, queries
from services.access.principals.signing_keys.record import SigningKey
from services.access.principals.signing_keys.tables import signing_key
from services.access.settings import AccessSettings
from shared.auth.keys import ALGORITHM
from shared.configuration.sealing import Sealer
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

SIGNING_KEYS: ResourceType[SigningKey, None] = ResourceType.of(SigningKey, signing_key, domain.LIFECYCLE)
STORE = "signing key store"
"""In the scratch of a unit of work: the `SigningKeyStore` of the installation."""


class SigningKeyStore:
    """Makes signing keys, and stores their private parts encrypted with the secret of the installation."""

    def __init__(self, settings: AccessSettings) -> None:
        self._days = settings.signing_key_days
        self._sealer = Sealer(settings.secret_key.get_secret_value().encode(), "escm access signing keys")

    def usable(self, keys: list[SigningKey]) -> tuple[str, ECKey] | None:
        """The newest key that the present secret decrypts; a change of the secret causes a new key."""
        for key in keys:
            pem = self._sealer.open(bytes(key.private), key.kid)
            if pem is not None:
                return key.kid, ECKey.import_key(pem)
        return None

    async def make(self, uow: UnitOfWork, signs_from: datetime) -> tuple[str, ECKey]:
        """Inserts a key, published at once."""
        key = ECKey.generate_key("P-256")
        kid = key.thumbprint()
        signs_until = signs_from + timedelta(days=self._days)
        values = {
            "kid": kid,
            "public": {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM},
            "private": self._sealer.seal(key.as_pem(private=True), kid),
            "signs_from": signs_from,
            "signs_until": signs_until,
            "verifies_until": signs_until + domain.AFTERLIFE,
        }
        new = replace(SIGNING_KEYS.new(values), status="active", visibility="restricted")
        await SIGNING_KEYS.insert(uow, new)
        return kid, key

    async def rotate_in_time(self, uow: UnitOfWork) -> None:
        """Publishes a successor on the key's last day."""
        await queries.lock_keys(uow.connection)
        newest = await queries.newest(uow.connection)
        if newest is not None and newest.signs_until - now() < domain.LAST_DAY:
            locked = await SIGNING_KEYS.lock(uow, newest.id)
            await SIGNING_KEYS.apply_scheduled(uow, locked, domain.SUCCEED)
            await self.make(uow, now() + domain.AHEAD)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: SigningKey, requested: TransitionRequest
) -> SigningKey:
    """Rotates or revokes a key. A rotated key signs until its successor does, in an hour; the successor of a revoked
    one signs at once. Raises what `Lifecycle.advance` raises."""
    store: SigningKeyStore = uow.scratch[STORE]
    await queries.lock_keys(uow.connection)
    begins = now() + domain.AHEAD

    def effects(target: str) -> SigningKey:
        return _ending(before, begins) if target == "rotated" else replace(before, private=b"")

    after = await SIGNING_KEYS.apply_transition(uow, before, requested, None, permitted(access, before), effects)
    if after.status == "rotated":
        await store.make(uow, begins)
    else:
        await _replace_revoked(uow, store)
    return after


def _ending(key: SigningKey, at: datetime) -> SigningKey:
    """The key, which signs until this instant at the latest."""
    until = min(key.signs_until, max(at, key.signs_from))
    return replace(key, signs_until=until, verifies_until=until + domain.AFTERLIFE)


async def _replace_revoked(uow: UnitOfWork, store: SigningKeyStore) -> None:
    """There is always a key that signs, and one that has no successor: the waiting one begins where the last other
    ends, and a new one is made where none waits."""
    newest, signing = await queries.newest(uow.connection), await queries.signing(uow.connection, now())
    ends = max((key.signs_until for key in signing), default=now())
    if newest is None:
        await store.make(uow, min(ends, now() + domain.AHEAD))
    elif newest.signs_from > ends:
        locked = await SIGNING_KEYS.lock(uow, newest.id)
        await SIGNING_KEYS.update(uow, locked, replace(locked, signs_from=ends))
