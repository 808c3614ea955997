"""The checks of tokens that identity providers sign: ID tokens (OpenID Connect Core, 3.1.3.7) and logout tokens
(OpenID Connect Back-Channel Logout, 2.6)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.auth.keys import SKEW, InvalidToken, read_seconds
from shared.auth.signatures import JsonWebKey, read_text, read_texts, signed_claims
from shared.configuration.sealing import text_of_bytes

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST = 600
"""Seconds after its issue for which a token is taken."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: of which issuer, and for which client."""

    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who signed in at the provider. `claims` are those of the ID token; `signed_in_at` is in Unix seconds."""

    subject: str
    sid: str | None
    acr: str | None
    amr: tuple[str, ...]
    signed_in_at: int
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """Whose sessions a logout token ends: those of a `sid`, or else all of a subject. `digest` may be used once."""

    subject: str | None
    sid: str | None
    digest: bytes
    until: int


def id_token(
    token: str, keys: Sequence[JsonWebKey], expected: Expected, nonce: str, access: str, now: float
) -> Subject:
    """Who the ID token is about. Raises InvalidToken for every fault."""
    claims, algorithm = signed_claims(token, keys, ("", "jwt"))
    expires, issued = _common(claims, expected, now)
    at = read_seconds(claims, "auth_time") if "auth_time" in claims else issued
    given, half = claims.get("nonce"), claims.get("at_hash", _half(access, algorithm))
    is_right = (
        expires > issued
        and at <= now + SKEW
        and isinstance(given, str)
        and hmac.compare_digest(given.encode(), nonce.encode())
        and half == _half(access, algorithm)
    )
    subject = read_text(claims, "sub")
    if not is_right or subject is None:
        raise InvalidToken
    sid, acr = read_text(claims, "sid"), read_text(claims, "acr")
    return Subject(subject, sid, acr, read_texts(claims, "amr"), at, claims)


def logout_token(token: str, keys: Sequence[JsonWebKey], expected: Expected, now: float) -> Ended:
    """Whose sessions the logout token ends. One without `exp`, as in drafts of the standard, expires ten minutes after
    its issue. Raises InvalidToken for every fault."""
    claims, _ = signed_claims(token, keys, ("", "jwt", "logout+jwt"))
    claims.setdefault("exp", read_seconds(claims, "iat") + OLDEST)
    expires, _ = _common(claims, expected, now)
    events, subject, sid = claims.get("events"), read_text(claims, "sub"), read_text(claims, "sid")
    jti = read_text(claims, "jti")
    is_event = isinstance(events, dict) and isinstance(events.get(LOGOUT), dict)
    if not is_event or "nonce" in claims or (subject is None and sid is None) or jti is None:
        raise InvalidToken
    return Ended(subject, sid, hashlib.sha256(f"{expected.issuer}\n{jti}".encode()).digest(), expires + SKEW)


def _common(claims: Mapping[str, Any], expected: Expected, now: float) -> tuple[int, int]:
    """The expiry and the issue of a token of this issuer for this client alone."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    is_for_us = named == [expected.client_id] and claims.get("azp", expected.client_id) == expected.client_id
    expires, issued = (read_seconds(claims, name) for name in ("exp", "iat"))
    is_timely = expires + SKEW > now and now - OLDEST - SKEW < issued <= now + SKEW
    if claims.get("iss") != expected.issuer or not is_for_us or not is_timely:
        raise InvalidToken
    return expires, issued


def _half(access: str, algorithm: str) -> str:
    """The left half of the digest of an access token."""
    made = (hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256)(access.encode()).digest()
    return text_of_bytes(made[: len(made) // 2])
