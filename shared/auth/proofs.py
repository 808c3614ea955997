"""Proofs that a caller has the key which its token is bound to (DPoP, RFC 9449)."""

import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from shared.auth.keys import (
    ALGORITHM,
    InvalidToken,
    check_form,
    decoded,
    public_key,
    read_members,
    read_object,
    read_seconds,
)
from shared.configuration.sealing import derived_key, text_of_bytes
from shared.kernel.errors import Unauthenticated

SCHEME = "dpop"
"""The scheme of `Authorization` of a token that is bound to a key."""
WINDOW = 60
"""Seconds by which the time of a proof may differ from ours."""
ONCE = 2 * WINDOW + 10
"""Seconds for which the id of a proof is remembered: longer than the proof is accepted."""
NONCE_LIFE = 300
"""Seconds after which there is another nonce; the one before it is accepted as long again."""
_TYPE = "dpop+jwt"
_LONGEST = 4096
_LONGEST_ID = 256
_KEYS = 4096
"""Most keys of callers that a process keeps."""
_HALF = 32
_ES256 = ECDSA(SHA256())
_MEMBERS = ("typ", "alg", "jwk")
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
UseOnce: TypeAlias = Callable[[str], Awaitable[bool]]
"""Remembers the digest of a proof. False if it was known."""


class InvalidProof(Unauthenticated):
    """There is no proof, or it proves nothing: of another key, method, address, token or time, or used before."""

    code = "invalid_dpop_proof"

    def __init__(self, detail: str = "The DPoP proof is missing or not valid.") -> None:
        super().__init__(detail, headers=_challenge("invalid_dpop_proof"))


class NonceNeeded(Unauthenticated):
    """The proof has no nonce of ours, or an old one; the response has the present one."""

    code = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        headers = {**_challenge("use_dpop_nonce"), "DPoP-Nonce": nonce}
        super().__init__("Repeat the request with a proof that has the nonce of DPoP-Nonce.", headers=headers)


@dataclass(frozen=True, slots=True)
class Request:
    """What a proof is for: a method at an address, and the access token that is sent with it, if one is."""

    method: str
    address: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class _Proof:
    thumbprint: str
    token_id: str
    nonce: object


class ProofChecks:
    """Checks proofs for an origin. All processes with the same secret give the same nonces."""

    def __init__(self, origin: str, secret: bytes, use_once: UseOnce) -> None:
        self.origin = origin.rstrip("/")
        self._key = derived_key(secret, "escm nonces of proofs")
        self._use_once = use_once
        self._known: tuple[int, tuple[str, str]] = (-1, ("", ""))

    async def thumbprint(self, proof: str, request: Request) -> str:
        """The thumbprint (RFC 7638) of the key that the caller has proved to have.

        Raises InvalidProof, NonceNeeded.
        """
        now = time.time()
        found = _read(proof, request, now)
        present, before = self._nonces(int(now // NONCE_LIFE))
        if not (_equal(found.nonce, present) or _equal(found.nonce, before)):
            raise NonceNeeded(present)
        digest = hashlib.sha256(f"{found.thumbprint}\n{found.token_id}".encode()).hexdigest()
        if not await self._use_once(digest):
            raise InvalidProof
        return found.thumbprint

    def _nonces(self, window: int) -> tuple[str, str]:
        """The nonce of a window, and that of the one before it."""
        if self._known[0] != window:
            self._known = (window, (self._nonce(window), self._nonce(window - 1)))
        return self._known[1]

    def _nonce(self, window: int) -> str:
        return text_of_bytes(hmac.digest(self._key, str(window).encode(), "sha256")[:16])


def _read(proof: str, request: Request, now: float) -> _Proof:
    """The proof after all checks of its own. Raises InvalidProof for every fault."""
    try:
        check_form(proof, _LONGEST)
        signed, _, signature = proof.rpartition(".")
        header, _, payload = signed.partition(".")
        key, thumbprint = _prover(header)
        _verify(key, signed, decoded(signature))
        claims = read_object(decoded(payload))
        issued = read_seconds(claims, "iat")
    except (InvalidToken, InvalidSignature, JoseError, ValueError) as error:
        raise InvalidProof from error
    token_id = claims.get("jti")
    if not isinstance(token_id, str) or not 0 < len(token_id) <= _LONGEST_ID or abs(now - issued) > WINDOW:
        raise InvalidProof
    if claims.get("htm") != request.method or not _is_at(claims.get("htu"), request.address):
        raise InvalidProof
    if request.token is not None and not _equal(claims.get("ath"), text_of_bytes(_sha256(request.token))):
        raise InvalidProof
    return _Proof(thumbprint, token_id, claims.get("nonce"))


@lru_cache(_KEYS)
def _prover(header: str) -> tuple[EllipticCurvePublicKey, str]:
    """The key in the header of a proof, and its thumbprint. Proofs of one caller have one header, so that it is read,
    and its key imported, once. Raises InvalidProof, InvalidToken, JoseError, ValueError."""
    members = read_members(header, _MEMBERS)
    if members.get("typ") != _TYPE or members.get("alg") != ALGORITHM:
        raise InvalidProof
    key = _key(members.get("jwk"))
    return key.public_key, key.thumbprint()


def _verify(key: EllipticCurvePublicKey, signed: str, signature: bytes) -> None:
    """Raises InvalidSignature unless the signature (RFC 7518, 3.4) is that of the key."""
    if len(signature) != 2 * _HALF:
        raise InvalidSignature
    r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
    key.verify(encode_dss_signature(r, s), signed.encode("ascii"), _ES256)


def _key(jwk: object) -> ECKey:
    """The public key in the header of a proof. Raises ValueError."""
    if not isinstance(jwk, Mapping) or not all(isinstance(jwk.get(name), str) for name in ("kty", "crv", "x", "y")):
        raise ValueError("a proof has the public half of a P-256 key")
    return public_key(jwk)


def _is_at(given: object, address: str) -> bool:
    """Whether both are one address, apart from query, fragment and the spelling of the origin."""
    if not isinstance(given, str) or len(given) > _LONGEST:
        return False
    if given == address and "?" not in address:
        return True
    try:
        return _without_query(given) == _without_query(address)
    except ValueError:
        return False


def _without_query(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    return scheme, parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(scheme, "")), parts.path


def _equal(given: object, known: str) -> bool:
    return isinstance(given, str) and given.isascii() and hmac.compare_digest(given, known)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _challenge(error: str) -> dict[str, Any]:
    return {"WWW-Authenticate": f'DPoP realm="escm", error="{error}", algs="{ALGORITHM}"'}
