"""Signing tokens, with the present one of the signing keys; the first is made on first need."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from joserfc import jws
from joserfc.jwk import ECKey

from services.access.principals.signing_keys import queries
from services.access.principals.signing_keys.domain import CACHE_SECONDS
from services.access.principals.signing_keys.operations import SigningKeyStore
from services.access.principals.tokens.domain import LOGOUT
from services.access.settings import AccessSettings
from shared.auth.keys import ALGORITHM, LIFETIME, Claims, SignInClaims, TokenRules, sign
from shared.configuration.sealing import text_of_bytes
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.principal import PrincipalKind


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signed in to a client, in which session, how, and with which nonce."""

    account: UUID
    client_id: str
    session: UUID
    how: SignInClaims
    nonce: str | None


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Of whom an access token is, for which client and scope, in which session, how the person signed in, and the key
    that it is bound to. It is valid until then at most."""

    kind: PrincipalKind
    subject: UUID
    client_id: str
    scope: str
    session: UUID | None = None
    how: SignInClaims | None = None
    bound_to: str | None = None
    until: datetime | None = None


def seconds_of(owner: TokenOwner, at: float) -> int:
    """For how many seconds a token is valid that is given to its owner at this instant (Unix seconds)."""
    return LIFETIME if owner.until is None else max(1, min(LIFETIME, int(owner.until.timestamp() - at)))


class SigningKeys:
    """Signs tokens with the present key. One per process."""

    def __init__(self, database: Database, settings: AccessSettings) -> None:
        self.rules = TokenRules(settings.issuer, settings.audience)
        self._database = database
        self._signing_keys = SigningKeyStore(settings)
        self._key: ECKey | None = None
        self._kid = ""
        self._until = 0.0

    async def token(self, owner: TokenOwner) -> str:
        """A new token, valid for ten minutes, or until its owner's end."""
        key = await self._present()
        issued = int(time.time())
        expires = issued + seconds_of(owner, issued)
        claims = Claims(
            owner.kind, owner.subject, owner.client_id, uuid7().hex, owner.scope, issued, expires, self._kid,
            owner.session, owner.how, owner.bound_to,
        )  # fmt: skip
        return sign(claims, self.rules, key)

    async def id_token(self, signed_in: SignIn, access_token: str) -> str:
        """An ID token (OpenID Connect Core, 2), valid for ten minutes."""
        issued = int(time.time())
        left_half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.rules.issuer,
            "sub": f"{PrincipalKind.ACCOUNT}:{signed_in.account}",
            "aud": signed_in.client_id,
            "exp": issued + LIFETIME,
            "iat": issued,
            **signed_in.how.of_person,
            "sid": str(signed_in.session),
            "at_hash": text_of_bytes(left_half),
            **({"nonce": signed_in.nonce} if signed_in.nonce is not None else {}),
        }
        return await self._signed("JWT", claims)

    async def assertion(self, client_id: str, audience: str) -> str:
        """What proves to another system that this one calls (RFC 7523): valid for a minute, by the keys of
        `jwks.json`."""
        issued = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": uuid7().hex, "iat": issued}
        return await self._signed("JWT", {**claims, "exp": issued + 60})

    async def logout_token(self, client_id: str, account: UUID, session: UUID) -> str:
        """What tells a client that the session of a person ended (OpenID Connect Back-Channel Logout, 2.4)."""
        issued = int(time.time())
        claims = {
            "iss": self.rules.issuer,
            "sub": f"{PrincipalKind.ACCOUNT}:{account}",
            "aud": client_id,
            "iat": issued,
            "exp": issued + 120,
            "jti": uuid7().hex,
            "events": {LOGOUT: {}},
            "sid": str(session),
        }
        return await self._signed("logout+jwt", claims)

    async def ensure(self) -> None:
        """Makes the first key if there is none."""
        await self._present()

    async def _signed(self, kind: str, claims: Mapping[str, object]) -> str:
        key = await self._present()
        header = {"alg": ALGORITHM, "typ": kind, "kid": self._kid}
        return jws.serialize_compact(header, json.dumps(claims, separators=(",", ":")), key, [ALGORITHM])

    async def _present(self) -> ECKey:
        if self._key is not None and time.monotonic() < self._until:
            return self._key
        async with self._database.acquire() as connection:
            found = self._signing_keys.usable(await queries.signing(connection, now()))
        if found is None:
            async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
                await queries.lock_keys(uow.connection)
                keys = await queries.signing(uow.connection, now())
                found = self._signing_keys.usable(keys) or await self._signing_keys.make(uow, now())
        self._kid, self._key = found
        self._until = time.monotonic() + CACHE_SECONDS
        return self._key
