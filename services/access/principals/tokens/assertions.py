"""`private_key_jwt` (RFC 7523): a client authenticates with a short-lived assertion that it signed."""

import hashlib
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.access.principals.clients.record import KeySet
from services.access.principals.tokens.domain import InvalidClient
from shared.auth.keys import SKEW, InvalidToken, meant_for, read_header, read_object, read_seconds

ALGORITHMS = ("ES256", "PS256", "RS256")
LONGEST_LIFE = 600
_FAMILIES = {"ES256": "EC", "PS256": "RSA", "RS256": "RSA"}


@dataclass(frozen=True, slots=True)
class Proof:
    """A valid assertion: the digest that may be used once, and its expiry (Unix seconds)."""

    digest: bytes
    until: int


def claimed_client(assertion: str) -> str:
    """The client that the assertion names, before its signature is verified. Raises InvalidClient."""
    try:
        read_header(assertion)
        subject = read_object(jws.extract_compact(assertion.encode()).payload).get("sub")
    except (InvalidToken, JoseError, ValueError) as error:
        raise InvalidClient from error
    if not isinstance(subject, str):
        raise InvalidClient
    return subject


def prove(assertion: str, client_id: str, jwks: KeySet, audiences: tuple[str, ...], now: float) -> Proof:
    """Verifies the assertion with the client's registered keys. Raises InvalidClient for every fault."""
    try:
        header = read_header(assertion)
        algorithm = str(header.get("alg"))
        key = _key(jwks, algorithm, header.get("kid"))
        claims = read_object(jws.deserialize_compact(assertion, key, [algorithm]).payload)
        expires = read_seconds(claims, "exp")
        issued = read_seconds(claims, "iat") if "iat" in claims else int(now)
    except (InvalidToken, JoseError, ValueError) as error:
        raise InvalidClient from error
    token_id = claims.get("jti")
    timely = now - SKEW < expires <= now + LONGEST_LIFE + SKEW and issued <= now + SKEW
    named = claims.get("iss") == client_id == claims.get("sub") and meant_for(claims, audiences)
    if not timely or not named or not isinstance(token_id, str) or not 0 < len(token_id) <= 256:
        raise InvalidClient
    return Proof(hashlib.sha256(f"{client_id}\n{token_id}".encode()).digest(), expires + SKEW)


def _key(jwks: KeySet, algorithm: str, key_id: object) -> ECKey | RSAKey:
    family = _FAMILIES.get(algorithm)
    fitting = [k for k in jwks["keys"] if k.get("kty") == family and (key_id is None or k.get("kid") == key_id)]
    if family is None or len(fitting) != 1:
        raise InvalidClient
    key = dict(fitting[0])
    return ECKey.import_key(key) if family == "EC" else RSAKey.import_key(key)
