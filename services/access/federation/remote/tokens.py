"""The checks of tokens that identity providers sign: ID tokens (OpenID Connect Core, 3.1.3.7) and logout tokens
(OpenID Connect Back-Channel Logout, 2.6)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.access.federation.remote.domain import ALGORITHMS
from shared.auth.keys import SKEW, InvalidToken, decoded, read_header, read_object, read_seconds
from shared.configuration.sealing import text_of_bytes

LONGEST = 16 << 10
"""Characters of the longest token of a provider."""
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST = 600
"""Seconds after its issue for which a token is taken."""
_MEMBERS = frozenset(("alg", "typ", "kid", "x5t", "x5t#S256"))
_FAMILIES = {"ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519"), "PS256": ("RSA", None), "RS256": ("RSA", None)}
_SMALLEST_RSA = 2048
_LONGEST_TEXT = 255

JsonWebKey = Mapping[str, Any]


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


def key_named(token: str) -> str | None:
    """The `kid` of a token, before its signature is verified. Raises InvalidToken."""
    kid = _header(token).get("kid")
    if kid is not None and not isinstance(kid, str):
        raise InvalidToken
    return kid


def id_token(
    token: str, keys: Sequence[JsonWebKey], expected: Expected, nonce: str, access: str, now: float
) -> Subject:
    """Who the ID token is about. Raises InvalidToken for every fault."""
    claims, algorithm = _claims(token, keys, ("", "jwt"))
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
    subject = _text(claims, "sub")
    if not is_right or subject is None:
        raise InvalidToken
    amr = claims.get("amr", [])
    listed = [one for one in amr if isinstance(one, str)] if isinstance(amr, list) else []
    return Subject(subject, _text(claims, "sid"), _text(claims, "acr"), tuple(listed[:10]), at, claims)


def logout_token(token: str, keys: Sequence[JsonWebKey], expected: Expected, now: float) -> Ended:
    """Whose sessions the logout token ends. Raises InvalidToken for every fault."""
    claims, _ = _claims(token, keys, ("", "jwt", "logout+jwt"))
    expires, _ = _common(claims, expected, now)
    events, subject, sid = claims.get("events"), _text(claims, "sub"), _text(claims, "sid")
    jti = _text(claims, "jti")
    is_event = isinstance(events, dict) and isinstance(events.get(LOGOUT), dict)
    if not is_event or "nonce" in claims or (subject is None and sid is None) or jti is None:
        raise InvalidToken
    return Ended(subject, sid, hashlib.sha256(f"{expected.issuer}\n{jti}".encode()).digest(), expires + SKEW)


def _header(token: str) -> dict[str, Any]:
    header = read_header(token, LONGEST, _MEMBERS)
    if header.get("alg") not in ALGORITHMS:
        raise InvalidToken
    return header


def _claims(token: str, keys: Sequence[JsonWebKey], types: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The claims of a token of one of these types that one of the keys signed, and its algorithm."""
    header = _header(token)
    algorithm = str(header["alg"])
    if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
        raise InvalidToken
    fitting = [key for key in keys if _fits(key, algorithm, header.get("kid"))]
    if len(fitting) != 1:
        raise InvalidToken
    try:
        payload = _verified(token, fitting[0], algorithm)
    except (JoseError, InvalidSignature, ValueError, TypeError, KeyError) as error:
        raise InvalidToken from error
    return read_object(payload), algorithm


def _fits(key: JsonWebKey, algorithm: str, kid: object) -> bool:
    kind, curve = _FAMILIES[algorithm]
    is_of_kind = key.get("kty") == kind and (curve is None or key.get("crv") == curve)
    return is_of_kind and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm and (
        kid is None or key.get("kid") == kid
    )  # fmt: skip


def _verified(token: str, key: JsonWebKey, algorithm: str) -> bytes:
    """The payload. Raises an error of the libraries for another signature, and ValueError for a short key."""
    if algorithm == "EdDSA":
        signed, _, signature = token.rpartition(".")
        Ed25519PublicKey.from_public_bytes(decoded(str(key["x"]))).verify(decoded(signature), signed.encode())
        return decoded(signed.partition(".")[2])
    if key["kty"] == "EC":
        imported: ECKey | RSAKey = ECKey.import_key({name: str(key[name]) for name in ("kty", "crv", "x", "y")})
    else:
        if int.from_bytes(decoded(str(key["n"]))).bit_length() < _SMALLEST_RSA:
            raise ValueError("the key is too short")
        imported = RSAKey.import_key({name: str(key[name]) for name in ("kty", "n", "e")})
    return jws.deserialize_compact(token, imported, [algorithm]).payload or b""


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


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """A text of printable characters; None if it is absent. Raises InvalidToken for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
        raise InvalidToken
    return value


def _half(access: str, algorithm: str) -> str:
    """The left half of the digest of an access token."""
    made = (hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256)(access.encode()).digest()
    return text_of_bytes(made[: len(made) // 2])
