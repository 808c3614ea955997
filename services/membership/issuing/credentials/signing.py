"""Signs credentials and status lists with RSA keys of their own, never with those of tokens. Keys are made on first
need, encrypted at rest, published before their use, and stay published after it."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from services.membership.issuing.credentials import domain, queries
from services.membership.settings import MembershipSettings
from shared.auth.keys import InvalidToken, read_header, read_object
from shared.configuration.sealing import Sealer
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.clock import now

ALGORITHM = "RS256"
"""The one algorithm that Open Badges 3.0 obliges every verifier to know."""
TYPE = "JWT"
BITS = 3072
LONGEST = 16_384
"""Most characters of a credential that is read. One with the longest name and titles has fewer."""
_CACHE_SECONDS = 60.0
"""Seconds for which a process uses the key that it read."""
_AHEAD = timedelta(days=1)
"""How long a successor is published before it signs, so that every verifier has it."""
_LAST_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its thumbprint."""

    kid: str
    key: RSAKey

    def sign(self, document: domain.Document, issuer: str) -> str:
        """The document as a compact token. RSA with this padding is deterministic: so is the token."""
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": domain.key_name(issuer, self.kid)}
        payload = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        return jws.serialize_compact(header, payload, self.key, [ALGORITHM])


def key_of(token: str, issuer: str) -> str | None:
    """The thumbprint of the key that a token names; None if it cannot be a credential of this issuer: it is longer
    than `LONGEST`, malformed, of another algorithm or type, or by the key of somebody else."""
    try:
        header = read_header(token, LONGEST)
    except InvalidToken:
        return None
    kid, own = header.get("kid"), domain.key_name(issuer, "")
    if (header.get("alg"), header.get("typ")) != (ALGORITHM, TYPE) or not isinstance(kid, str):
        return None
    return kid.removeprefix(own) if kid.startswith(own) else None


def verified(token: str, public: domain.Key) -> domain.Document | None:
    """The claims of a token that this key signed; None for any other."""
    key = RSAKey.import_key({name: public[name] for name in ("kty", "n", "e")})
    try:
        return read_object(jws.deserialize_compact(token, key, [ALGORITHM]).payload)
    except (JoseError, InvalidToken, ValueError):
        return None


class SigningKeyStore:
    """Makes keys, and stores their private parts encrypted with the secret of the installation."""

    def __init__(self, settings: MembershipSettings) -> None:
        self._life = timedelta(days=settings.credential_key_days)
        self._sealer = Sealer(settings.secret_key.get_secret_value().encode(), "escm membership credential keys")

    async def rotate(self, uow: UnitOfWork) -> None:
        """Publishes a successor two days before the end of the newest key. Deletes the private parts of keys that no
        longer sign, and keys whose credentials are no longer valid."""
        await queries.lock_keys(uow.connection)
        await queries.forget_private(uow.connection, now())
        await queries.delete_unused(uow.connection, now())
        until = await queries.signed_until(uow.connection)
        if until is not None and until - now() < _LAST_DAYS:
            await self.add(uow, await _new_key(), now() + _AHEAD)

    async def add(self, uow: UnitOfWork, key: RSAKey, signs_from: datetime) -> SigningKey:
        """Inserts a key."""
        kid = key.thumbprint()
        await queries.add_key(
            uow.connection,
            kid=kid,
            public={**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM},
            private=self._sealer.seal(key.as_pem(private=True), kid),
            created_at=now(),
            signs_from=signs_from,
            signs_until=signs_from + self._life,
        )
        return SigningKey(kid, key)

    async def present(self, connection: Any, known: SigningKey | None = None) -> SigningKey | None:
        """The newest key that the present secret decrypts; a change of the secret causes a new key. Reading a key takes
        a tenth of a second, so one that is known already is returned as it is."""
        for row in await queries.signing_keys(connection, now()):
            if known is not None and known.kid == row["kid"]:
                return known
            pem = self._sealer.open(row["private"], row["kid"])
            if pem is not None:
                return SigningKey(row["kid"], await asyncio.to_thread(RSAKey.import_key, pem))
        return None


class Signer:
    """Signs with the present key. One per process."""

    def __init__(self, database: Database, settings: MembershipSettings) -> None:
        self.issuer = settings.issuer
        self._database = database
        self._keys = SigningKeyStore(settings)
        self._key: SigningKey | None = None
        self._until = 0.0

    async def credential(self, credential: domain.Credential) -> str:
        """The credential as a compact token, equal for as long as the key signs."""
        key = await self.key()
        return key.sign(domain.credential_document(credential, self.issuer), self.issuer)

    async def key(self, *, is_new: bool = False) -> SigningKey:
        """The present key, at most a minute old, or with `is_new` read again. Makes the first one."""
        if self._key is None or is_new or time.monotonic() >= self._until:
            async with self._database.acquire() as connection:
                found = await self._keys.present(connection, self._key)
            self._key = found or await self._first()
            self._until = time.monotonic() + _CACHE_SECONDS
        return self._key

    async def _first(self) -> SigningKey:
        made = await _new_key()
        async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
            await queries.lock_keys(uow.connection)
            return await self._keys.present(uow.connection) or await self._keys.add(uow, made, now())


async def _new_key() -> RSAKey:
    """A new key, made in a thread, since that takes up to seconds."""
    return await asyncio.to_thread(RSAKey.generate_key, BITS)
