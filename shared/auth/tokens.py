"""From the `Authorization` header to the principal. Verified credentials are cached for a bounded time."""

import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shared.auth.api_keys import PREFIX, api_key_digest
from shared.auth.keys import MAX_TOKEN, SKEW, Claims, InvalidToken, TokenRules, UnknownKey, verify
from shared.auth.narrowing import within_scope
from shared.auth.outside import OutsideTokens
from shared.auth.proofs import SCHEME
from shared.auth.published import KeyRing, PrincipalCache, find_api_key
from shared.auth.usage import LastUses
from shared.configuration.settings import Settings
from shared.database.pool import Database
from shared.kernel.principal import Principal, PrincipalKind

_BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A verified credential. `claims` are those of an access token; an API key has none. `of_person`: it is a key of a
    person.

    `expires_at` is in Unix seconds; `until`, the end of its time in the cache, is in monotonic seconds.
    """

    principal: Principal
    claims: Claims | None
    expires_at: float
    until: float
    of_person: bool = False

    @property
    def bound_to(self) -> str | None:
        """The thumbprint of the key that the caller has to prove; None for a bearer token."""
        return self.claims.bound_to if self.claims else None


class Authenticator:
    """Finds the principal of a bearer token or an API key. One per process. Caches at most `bound` credentials and as
    many principals, and notes in `uses` when clients, keys and sessions were used.

    A revoked token, session, key, grant or principal, and what a revoked signing key signed, is refused after `age`
    seconds at most (default: the settings), or as soon as it is forgotten.
    """

    def __init__(self, database: Database, settings: Settings, *, age: float | None = None, bound: int = 8192) -> None:
        age = settings.grants_believed if age is None else age
        self.uses = LastUses(database, bound=bound)
        self._database = database
        self._rules = TokenRules(settings.issuer, settings.audience)
        self._bound = bound
        self._keys = KeyRing(database, age=age)
        self._principals = PrincipalCache(database, age=age, bound=bound)
        self._outside = OutsideTokens(database, settings.issuer, age=age)
        self._known: OrderedDict[str, Bearer] = OrderedDict()

    def forget(self, changed: Collection[UUID] | None = None) -> None:
        """Reads these principals, and the keys that they own, again when they next act; all of them by default."""
        self._principals.forget(changed)
        if changed is None:
            self._known.clear()
        else:
            for header in [key for key, known in self._known.items() if known.principal.is_one_of(changed)]:
                del self._known[header]

    async def principal(self, authorization: str) -> Principal:
        """The principal with its active grants, from the value of an `Authorization` header.

        Raises InvalidToken (401 `invalid_token`), or Unavailable if PostgreSQL is needed and does not respond.
        """
        return (await self.bearer(authorization)).principal

    async def claims(self, authorization: str) -> Claims:
        """The claims of an access token, after the same checks as `principal`. Raises InvalidToken for an API key
        too."""
        claims = (await self.bearer(authorization)).claims
        if claims is None:
            raise InvalidToken
        return claims

    async def inspected(self, token: str) -> Claims:
        """The claims of an access token that nobody uses now, bound to a key or not, after the same checks. Raises
        InvalidToken."""
        claims = await self._verified(token)
        await self._of_claims(claims)
        return claims

    async def bearer(self, authorization: str) -> Bearer:
        """The verified credential, after the same checks as `principal`: a token that is bound to a key with the scheme
        DPoP, every other one as a bearer token. Whoever admits the request checks the proof of the key."""
        if len(authorization) > MAX_TOKEN + len(_BEARER) + 1:
            raise InvalidToken
        known = self._known.get(authorization)
        if known is not None and time.monotonic() < known.until:
            self._known.move_to_end(authorization)
            return known
        self._known.pop(authorization, None)
        scheme, _, credential = authorization.partition(" ")
        if scheme.lower() not in (_BEARER, SCHEME):
            raise InvalidToken("The Authorization header is not a bearer token.")
        if credential.startswith(PREFIX):
            found = await self._of_api_key(credential)
        elif (issuer := self._outside.issuer_of(credential)) is not None:
            found = await self._of_outside(credential, issuer)
        else:
            found = await self._of_claims(known.claims if known and known.claims else await self._verified(credential))
        if (found.bound_to is not None) != (scheme.lower() == SCHEME):
            raise InvalidToken("A token is sent with the scheme that it was given with.")
        self._known[authorization] = found
        if len(self._known) > self._bound:
            self._known.popitem(last=False)
        return found

    async def principal_of_kind(self, kind: PrincipalKind, identity: UUID) -> Principal:
        """A principal with its active grants that was authenticated by other means than a token.

        Raises InvalidToken if it is disabled, revoked or expired.
        """
        return (await self._principals.get(kind, identity)).principal

    async def _verified(self, token: str) -> Claims:
        try:
            return verify(token, await self._keys.fresh(), self._rules, time.time())
        except UnknownKey:
            return verify(token, await self._keys.again(), self._rules, time.time())

    async def _of_claims(self, claims: Claims) -> Bearer:
        keys = await self._keys.fresh()
        state = await self._principals.get(claims.kind, claims.subject)
        left = claims.expires_at + SKEW - time.time()
        if left <= 0 or claims.key_id not in keys or claims.token_id in state.revoked_tokens:
            raise InvalidToken
        if claims.session is not None:
            if claims.session in state.ended_sessions:
                raise InvalidToken
            self.uses.note("session", claims.session)
        if claims.kind is PrincipalKind.CLIENT:
            self.uses.note("client", claims.subject)
        until = min(state.until, self._keys.until, time.monotonic() + left)
        is_of_person = claims.kind is PrincipalKind.ACCOUNT and claims.client_id
        principal = within_scope(state.principal, claims.scope) if is_of_person else state.principal
        return Bearer(principal, claims, claims.expires_at, until)

    async def _of_outside(self, token: str, issuer: str) -> Bearer:
        """A person by an access token of the provider where they sign in. It is verified again each time."""
        claims = await self._outside.claims(token, issuer)
        state = await self._principals.get(claims.kind, claims.subject)
        left = claims.expires_at + SKEW - time.time()
        until = min(state.until, self._outside.issuers.until, time.monotonic() + left)
        return Bearer(state.principal, claims, claims.expires_at, until)

    async def _of_api_key(self, credential: str) -> Bearer:
        digest = api_key_digest(credential)
        if digest is None:
            raise InvalidToken
        identity, expires, owner_kind = await find_api_key(self._database, digest)
        state = await self._principals.get(PrincipalKind.KEY, identity)
        left = expires.timestamp() - time.time()
        if left <= 0:
            raise InvalidToken
        self.uses.note("key", identity)
        until = min(state.until, time.monotonic() + left)
        return Bearer(state.principal, None, expires.timestamp(), until, owner_kind == PrincipalKind.ACCOUNT)
