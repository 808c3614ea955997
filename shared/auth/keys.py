"""Signing and verification of access tokens (RFC 9068)."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import PrincipalKind
from shared.kernel.step_up import Level, level_of

ALGORITHM = "ES256"
TYPE = "at+jwt"
MAX_TOKEN = 8192
"""Maximum characters of a token. A longer one is refused before it is parsed."""
SKEW = 30
"""Maximum difference in seconds between the clocks of issuer and verifier."""
LIFETIME = 600
"""Lifetime in seconds of an access token."""

_LAST_SECOND = 253_402_300_799
_COMPACT = re.compile(r"[A-Za-z0-9_-]{1,1024}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{1,1024}")
_HEADER_MEMBERS = frozenset(("alg", "typ", "kid"))
_SUBJECTS = {str(kind): kind for kind in (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT, PrincipalKind.KEY)}
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="escm", error="invalid_token"'}


class InvalidToken(Unauthenticated):
    """The token is not ours, or is not valid (any more). The response does not say which."""

    code = "invalid_token"

    def __init__(self, detail: str = "The access token is not valid.") -> None:
        super().__init__(detail, headers=_CHALLENGE)


class UnknownKey(InvalidToken):
    """The verifier does not have the key that the token names."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """The accepted issuers and audiences of tokens."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class SignInClaims:
    """How a person signed in, and when: `acr`, `amr` and `auth_time` of OpenID Connect. `best` is the highest level
    that the account could reach when the token was given."""

    level: Level
    methods: tuple[str, ...]
    at: int
    best: Level

    @property
    def of_person(self) -> dict[str, Any]:
        """The claims of OpenID Connect as JSON values."""
        return {"acr": str(self.level), "amr": list(self.methods), "auth_time": self.at}

    @property
    def document(self) -> dict[str, Any]:
        """The claims of an access token as JSON values."""
        return {**self.of_person, "best_acr": str(self.best)}


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a verified token. Times are Unix seconds. `session` is the session of a signed-in person, `sign_in`
    how they signed in. `bound_to` is the thumbprint of the key that the caller has to prove (RFC 9449, 6)."""

    kind: PrincipalKind
    subject: UUID
    client_id: str
    token_id: str
    scope: str
    issued_at: int
    expires_at: int
    key_id: str
    session: UUID | None = None
    sign_in: "SignInClaims | None" = None
    bound_to: str | None = None

    def document(self, rules: TokenRules) -> dict[str, Any]:
        """The claims as signed JSON values."""
        return {
            **({"sid": str(self.session)} if self.session else {}),
            **(self.sign_in.document if self.sign_in else {}),
            **({"cnf": {"jkt": self.bound_to}} if self.bound_to else {}),
            "iss": rules.issuer,
            "aud": rules.audience,
            "sub": f"{self.kind}:{self.subject}",
            "client_id": self.client_id,
            "jti": self.token_id,
            "scope": self.scope,
            "iat": self.issued_at,
            "nbf": self.issued_at,
            "exp": self.expires_at,
        }


def sign(claims: Claims, rules: TokenRules, key: ECKey) -> str:
    """The token in its compact form, signed with the private key that `claims.key_id` names."""
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": claims.key_id}
    payload = json.dumps(claims.document(rules), separators=(",", ":"))
    return jws.serialize_compact(header, payload, key, [ALGORITHM])


def public_key(jwk: Mapping[str, Any]) -> ECKey:
    """Parses a published key. Raises ValueError for anything but the public half of a P-256 key."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise ValueError("a published key is the public half of a P-256 key")
    return ECKey.import_key({name: str(jwk[name]) for name in ("kty", "crv", "x", "y")})


def verify(token: str, keys: Mapping[str, ECKey], rules: TokenRules, now: float) -> Claims:
    """The claims of a token whose form, key, signature, issuer, audience and times are valid.

    Raises UnknownKey if `keys` lacks its `kid`, InvalidToken for every other fault. A header with keys or links to keys
    (`jwk`, `jku`, `x5u`, `x5c`), extensions (`crit`) or another algorithm is invalid.
    """
    key_id = _key_id(token)
    key = keys.get(key_id)
    if key is None:
        raise UnknownKey
    try:
        payload = jws.deserialize_compact(token, key, [ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise InvalidToken from error
    return _claims(read_object(payload), key_id, rules, now)


def read_header(token: str, longest: int = MAX_TOKEN, members: Collection[str] = _HEADER_MEMBERS) -> dict[str, Any]:
    """The header of a compact token of at most `longest` characters, read after the checks of size and form and before
    anything else.

    Raises InvalidToken if it has a member other than `members`.
    """
    check_form(token, longest)
    return read_members(token.partition(".")[0], members)


def check_form(token: str, longest: int = MAX_TOKEN) -> None:
    """Raises InvalidToken for what is no compact token, or longer."""
    if len(token) > longest or not _COMPACT.fullmatch(token):
        raise InvalidToken


def read_members(encoded: str, members: Collection[str]) -> dict[str, Any]:
    """An encoded header. Raises InvalidToken if it has a member other than `members`."""
    try:
        header = read_object(decoded(encoded))
    except ValueError as error:
        raise InvalidToken from error
    if header.keys() - set(members):
        raise InvalidToken
    return header


def decoded(text: str) -> bytes:
    """The bytes of a part of a token: base64url with or without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_object(text: bytes | None) -> dict[str, Any]:
    """A JSON object without duplicate names. Raises InvalidToken for anything else."""
    try:
        value = json.loads(text or b"", object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise InvalidToken from error
    if not isinstance(value, dict):
        raise InvalidToken
    return value


def read_seconds(claims: Mapping[str, Any], name: str) -> int:
    """A claim in Unix seconds. Raises InvalidToken if it is missing, no number, or outside the years 1970 to 9999."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise InvalidToken
    return int(value)


def meant_for(claims: Mapping[str, Any], audiences: Collection[str]) -> bool:
    """Whether the `aud` claim, a text or a list, contains one of these."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    return any(isinstance(name, str) and name in audiences for name in named)


def _key_id(token: str) -> str:
    header = read_header(token)
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise InvalidToken
    if str(header.get("typ")).lower().removeprefix("application/") != TYPE:
        raise InvalidToken
    return key_id


def _claims(claims: dict[str, Any], key_id: str, rules: TokenRules, now: float) -> Claims:
    if claims.get("iss") != rules.issuer or not meant_for(claims, (rules.audience,)):
        raise InvalidToken
    issued, starts, expires = (read_seconds(claims, name) for name in ("iat", "nbf", "exp"))
    if expires + SKEW <= now or max(issued, starts) - SKEW > now or expires <= issued:
        raise InvalidToken
    texts = [claims.get(name, "") for name in ("sub", "client_id", "jti", "scope")]
    if not all(isinstance(text, str) for text in texts) or not texts[2]:
        raise InvalidToken
    subject, client_id, token_id, scope = texts
    kind, identity = _subject(subject)
    session = _id(claims["sid"]) if "sid" in claims else None
    signed_in = _sign_in(claims) if "auth_time" in claims else None
    bound_to = bound_key(claims["cnf"]) if "cnf" in claims else None
    return Claims(kind, identity, client_id, token_id, scope, issued, expires, key_id, session, signed_in, bound_to)


def bound_key(confirmation: object) -> str:
    """The thumbprint of the key that a token is bound to. Raises InvalidToken for a kind that is not known."""
    thumbprint = confirmation.get("jkt") if isinstance(confirmation, dict) and len(confirmation) == 1 else None
    if not isinstance(thumbprint, str) or not thumbprint:
        raise InvalidToken
    return thumbprint


def _sign_in(claims: Mapping[str, Any]) -> SignInClaims:
    at, (level, best) = read_seconds(claims, "auth_time"), (level_of(claims.get(name)) for name in ("acr", "best_acr"))
    methods = claims.get("amr", [])
    if not isinstance(methods, list) or not all(isinstance(method, str) for method in methods):
        raise InvalidToken
    return SignInClaims(level, tuple(methods), at, best)


def _subject(subject: str) -> tuple[PrincipalKind, UUID]:
    kind, _, text = subject.partition(":")
    if kind not in _SUBJECTS:
        raise InvalidToken
    return _SUBJECTS[kind], _id(text)


def _id(text: object) -> UUID:
    """The id, if it is in canonical form."""
    try:
        identity = UUID(str(text))
    except ValueError as error:
        raise InvalidToken from error
    if str(identity) != text:
        raise InvalidToken
    return identity


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member occurs twice")
    return found
