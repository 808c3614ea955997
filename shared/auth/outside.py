"""Access tokens of identity providers (RFC 9068) that an administrator lets in, from people who are linked there."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from shared.auth.keys import (
    MAX_TOKEN,
    SKEW,
    TYPE,
    Claims,
    InvalidToken,
    SignInClaims,
    bound_key,
    check_form,
    decoded,
    read_object,
    read_seconds,
)
from shared.auth.published import Reread
from shared.auth.signatures import JsonWebKey, read_text, read_texts, signed_claims
from shared.contracts import views
from shared.database.pool import Database
from shared.database.statements import Statement
from shared.kernel.principal import PrincipalKind
from shared.kernel.step_up import Level, mapped_level

LONGEST_LIFE = 3600
"""Seconds after its issue for which a token is taken, however long it would be valid."""
_ISSUERS, _IDENTITIES = views.TOKEN_ISSUERS, views.IDENTITIES
_READ_ISSUERS = Statement(select(*_ISSUERS.c))
_FIND = Statement(
    select(_IDENTITIES.c.account_id, _IDENTITIES.c.best, _IDENTITIES.c.signed_out_at).where(
        _IDENTITIES.c.issuer == bindparam("issuer"), _IDENTITIES.c.subject == bindparam("subject")
    )
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider whose access tokens are taken: for which audience, what its levels count, and its keys."""

    audience: str
    levels: Mapping[str, str]
    keys: Sequence[JsonWebKey]


class OutsideTokens:
    """Verifies access tokens of other issuers than `own`. The issuers are read again after `age` seconds."""

    def __init__(self, database: Database, own: str, *, age: float) -> None:
        self._database = database
        self._own = own
        self.issuers = Reread[Mapping[str, Issuer]](self._read, {}, age)

    def issuer_of(self, token: str) -> str | None:
        """The issuer that a token names, before anything of it is verified; None for the own one, or for none."""
        try:
            check_form(token, MAX_TOKEN)
            issuer = read_object(decoded(token.split(".")[1])).get("iss")
        except (InvalidToken, ValueError):
            return None
        return issuer if isinstance(issuer, str) and issuer != self._own else None

    async def claims(self, token: str, issuer: str) -> Claims:
        """The claims of a token, with the account that its subject is linked with. Raises InvalidToken."""
        known = (await self.issuers.fresh()).get(issuer)
        if known is None:
            raise InvalidToken
        found, _ = signed_claims(token, known.keys, (TYPE,))
        issued, expires, signed_in = _times(found, known.audience, time.time())
        subject, client, token_id = (read_text(found, name) for name in ("sub", "client_id", "jti"))
        if subject is None or client is None or token_id is None:
            raise InvalidToken
        account, best = await self._person(issuer, subject, issued)
        methods = read_texts(found, "amr")
        level = mapped_level(known.levels, read_text(found, "acr"), methods)
        return Claims(
            kind=PrincipalKind.ACCOUNT,
            subject=account,
            client_id="",
            token_id=token_id,
            scope="",
            issued_at=issued,
            expires_at=expires,
            key_id="",
            sign_in=SignInClaims(level, methods, signed_in, best),
            bound_to=bound_key(found["cnf"]) if "cnf" in found else None,
        )

    async def _person(self, issuer: str, subject: str, issued: int) -> tuple[UUID, Level]:
        """The account that is linked with the subject, and the level that it can reach. Raises InvalidToken for
        nobody's, and for a token from before the person signed out there."""
        async with self._database.acquire() as connection:
            row = await _FIND.fetchrow(connection, issuer=issuer, subject=subject)
        signed_out: datetime | None = row["signed_out_at"] if row else None
        if row is None or (signed_out is not None and issued <= signed_out.timestamp()):
            raise InvalidToken
        return row["account_id"], Level(row["best"])

    async def _read(self) -> Mapping[str, Issuer]:
        async with self._database.acquire() as connection:
            rows = await _READ_ISSUERS.fetch(connection)
        return {row["issuer"]: Issuer(row["audience"], row["levels"], row["keys"]) for row in rows}


def _times(claims: Mapping[str, Any], audience: str, now: float) -> tuple[int, int, int]:
    """When a token for this audience alone was issued, until when it is taken, and when the person signed in; 0 where
    it does not say so. Raises InvalidToken."""
    named = claims.get("aud")
    issued, expires = (read_seconds(claims, name) for name in ("iat", "exp"))
    starts = read_seconds(claims, "nbf") if "nbf" in claims else issued
    until = min(expires, issued + LONGEST_LIFE)
    is_timely = until + SKEW > now and max(issued, starts) - SKEW <= now and expires > issued
    signed_in = read_seconds(claims, "auth_time") if "auth_time" in claims else 0
    if (named if isinstance(named, list) else [named]) != [audience] or not is_timely or signed_in > now + SKEW:
        raise InvalidToken
    return issued, until, signed_in
