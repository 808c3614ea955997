"""From the `Authorization` header to the principal. What was verified once is believed until it may have changed."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from shared.auth.keys import MAX_TOKEN, SKEW, Claims, InvalidToken, TokenRules, UnknownKey, verify
from shared.auth.published import KeyRing, Standings
from shared.configuration.settings import Settings
from shared.database.pool import Database
from shared.kernel.principal import Principal

_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class _Known:
    claims: Claims
    principal: Principal
    until: float


class Authenticator:
    """Tells who a bearer token speaks for. One per process; holds at most `bound` tokens and as many principals.

    A token, a key, a grant or a principal that is revoked stops within `age` seconds: those of the settings where none
    are given.
    """

    def __init__(self, database: Database, settings: Settings, *, age: float | None = None, bound: int = 8192) -> None:
        age = settings.grants_believed if age is None else age
        self._rules = TokenRules(settings.issuer, settings.audience)
        self._age = age
        self._bound = bound
        self._keys = KeyRing(database, age=age)
        self._standings = Standings(database, age=age, bound=bound)
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def principal(self, authorization: str) -> Principal:
        """The principal with its living grants, from the value of an `Authorization` header.

        Raises InvalidToken (401 `invalid_token`), or Unavailable where Postgres must be asked and does not answer.
        """
        return (await self._look(authorization)).principal

    async def claims(self, authorization: str) -> Claims:
        """What the token itself says, under the same checks as `principal`."""
        return (await self._look(authorization)).claims

    async def _look(self, authorization: str) -> _Known:
        if len(authorization) > MAX_TOKEN + len(_BEARER):
            raise InvalidToken
        known = self._known.get(authorization)
        if known is not None and time.monotonic() < known.until:
            self._known.move_to_end(authorization)
            return known
        self._known.pop(authorization, None)
        claims = known.claims if known else await self._verified(authorization)
        return await self._believe(authorization, claims)

    async def _verified(self, authorization: str) -> Claims:
        if authorization[: len(_BEARER)].lower() != _BEARER:
            raise InvalidToken("The Authorization header is not a bearer token.")
        token = authorization[len(_BEARER) :]
        try:
            return verify(token, await self._keys.fresh(), self._rules, time.time())
        except UnknownKey:
            return verify(token, await self._keys.again(), self._rules, time.time())

    async def _believe(self, authorization: str, claims: Claims) -> _Known:
        keys = await self._keys.fresh()
        standing = await self._standings.get(claims.kind, claims.subject)
        left = claims.expires_at + SKEW - time.time()
        if left <= 0 or claims.key_id not in keys or claims.token_id in standing.revoked_tokens:
            raise InvalidToken
        until = min(standing.read_at + self._age, time.monotonic() + left)
        known = self._known[authorization] = _Known(claims, standing.principal, until)
        if len(self._known) > self._bound:
            self._known.popitem(last=False)
        return known
